"""The tree knows the types of torch, scipy.sparse, pandas and polars, and imports none of them itself."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas
import polars
import pytest
import scipy.sparse as sp
import torch

from perfkit.equivalence import close, exact
from perfkit.tree import (
    UnknownType,
    assign,
    copy,
    first_difference,
    leaves,
    mutants,
    overwrite,
    own_parts,
    rearrange,
)

Make = Callable[[], Any]
LOOSE = close(rtol=1e-9, atol=1e-15, why="x")
pytestmark = [
    pytest.mark.filterwarnings(f"ignore:{message}")
    for message in (
        "Sparse CSR tensor support",
        "ComplexHalf support",
        ".*quantized tensors",
        "The PyTorch API of nested",
        ".*quantize",
    )
]

DTYPES = ["float64", "float16", "bfloat16", "complex64", "complex32", "int8", "uint16", "uint32", "uint64", "bool"]
DTYPES += [
    name
    for name in ("float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu")
    if hasattr(torch, name)
]


def tensor(*numbers: float, **more: Any) -> Any:
    return torch.tensor(numbers or (1.0, 2.0, 4.0), **more)


def of_dtype(name: str, *numbers: float) -> Any:
    return tensor(*numbers).to(getattr(torch, name))


def inference() -> Any:
    with torch.inference_mode():
        return tensor()


def quantised(scale: float = 0.1, *, by_channel: bool = False) -> Any:
    numbers = torch.arange(6.0).reshape(3, 2)
    if by_channel:
        return torch.quantize_per_channel(numbers, torch.tensor([scale, 0.2]), torch.tensor([0, 1]), 1, torch.quint8)
    return torch.quantize_per_tensor(numbers, scale, 3, torch.qint8)


def linear(seed: int = 0) -> Any:
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Dropout(0.5))


def uncoalesced() -> Any:
    return torch.sparse_coo_tensor(torch.tensor([[0, 0]]), tensor(1.0, 2.0), (3,), check_invariants=True)


TORCH: list[tuple[str, Make, Make]] = [
    *((f"tensor of {n}", lambda n=n: of_dtype(n), lambda n=n: of_dtype(n, 1, 0, 4)) for n in DTYPES),
    ("dtype", tensor, lambda: tensor().double()),
    ("bfloat16, float32", tensor, lambda: of_dtype("bfloat16")),
    *(
        (
            "packed",
            lambda v=v: torch.tensor([18, 52], dtype=torch.uint8).view(v),
            lambda v=v: torch.zeros(2).byte().view(v),
        )
        for v in (getattr(torch, "float4_e2m1fn_x2", None),)
        if v is not None
    ),
    ("-0.0", lambda: tensor(0.0), lambda: tensor(-0.0)),
    ("bfloat16, -0.0", lambda: of_dtype("bfloat16", 0.0), lambda: of_dtype("bfloat16", -0.0)),
    ("shape", tensor, lambda: tensor()[None]),
    ("requires_grad", lambda: tensor(requires_grad=True), tensor),
    ("not a leaf", lambda: tensor(requires_grad=True) * 2, lambda: tensor() * 2),
    ("inference mode", inference, tensor),
    ("frozen parameter", lambda: torch.nn.Parameter(tensor()), lambda: torch.nn.Parameter(tensor(), False)),
    ("parameter, tensor", lambda: torch.nn.Parameter(tensor()), lambda: tensor(requires_grad=True)),
    ("expanded", lambda: tensor()[:, None].expand(3, 2), lambda: tensor(1.0, 2.0, 5.0)[:, None].expand(3, 2)),
    ("conjugate", lambda: tensor(1j).conj(), lambda: tensor(1j)),
    ("COO", lambda: torch.eye(3).to_sparse(), lambda: (2 * torch.eye(3)).to_sparse()),
    ("COO, another place", lambda: tensor(0.0, 1.0).to_sparse(), lambda: tensor(1.0, 0.0).to_sparse()),
    ("COO, dense", lambda: torch.eye(3).to_sparse(), lambda: torch.eye(3)),
    ("COO, coalesced", uncoalesced, lambda: uncoalesced().coalesce()),
    ("CSR", lambda: torch.eye(3).to_sparse_csr(), lambda: (2 * torch.eye(3)).to_sparse_csr()),
    ("CSR, CSC", lambda: torch.eye(3).to_sparse_csr(), lambda: torch.eye(3).to_sparse_csc()),
    ("BSR", lambda: torch.eye(4).to_sparse_bsr((2, 2)), lambda: torch.eye(4).flip(0).to_sparse_bsr((2, 2))),
    ("quantised", quantised, lambda: quantised(0.2)),
    ("quantised by channel", lambda: quantised(by_channel=True), lambda: quantised(0.3, by_channel=True)),
    ("meta", lambda: tensor(device="meta"), tensor),
    ("size", lambda: torch.Size([1, 2]), lambda: torch.Size([1, 3])),
    ("size, tuple", lambda: torch.Size([1, 2]), lambda: (1, 2)),
    ("dtype itself", lambda: torch.float32, lambda: torch.float64),
    ("device", lambda: torch.device("cpu"), lambda: torch.device("meta")),
    ("maximum", lambda: torch.max(tensor(), 0), lambda: torch.max(tensor(1.0, 2.0, 5.0), 0)),
    ("module", linear, lambda: linear(1)),
    ("module in training", linear, lambda: linear().eval()),
    ("generator", lambda: torch.Generator().manual_seed(1), lambda: torch.Generator().manual_seed(2)),
]


def matrix(kind: str = "csr", factor: float = 1.0, **more: Any) -> Any:
    dense = np.array([[0.0, 1.0, 0.0], [2.0, 0.0, 3.0]]) * factor
    return getattr(sp, f"{kind}_array")(dense, **more)


def unsorted() -> Any:
    return sp.csr_array((np.array([1.0, 2.0]), np.array([1, 0]), np.array([0, 2, 2])), shape=(2, 3))


SPARSE: list[tuple[str, Make, Make]] = [
    *(
        (kind, lambda k=kind: matrix(k), lambda k=kind: matrix(k, 2.0))
        for kind in "csr csc bsr coo dia lil dok".split()
    ),
    ("format", matrix, lambda: matrix("csc")),
    ("matrix, array", matrix, lambda: sp.csr_matrix(matrix())),
    ("dtype", matrix, lambda: matrix().astype("f4")),
    ("order", unsorted, lambda: unsorted().sorted_indices()),
    ("explicit zero", lambda: matrix() * 0, lambda: sp.csr_array((2, 3))),
]


def series(values: Any = (1.5, 2.5, np.nan), **more: Any) -> Any:
    return pandas.Series(list(values), **more)


def frame(**changed: Any) -> Any:
    columns = {"a": [1.0, 2.0, 3.0], "b": ["x", "y", None], "c": [True, False, True], "d": [[1], {"k": 2}, None]}
    return pandas.DataFrame({**columns, **changed}, index=[3, 4, 5])


def with_attrs(value: Any, **attrs: Any) -> Any:
    value.attrs.update(attrs)
    return value


PANDAS: list[tuple[str, Make, Make]] = [
    ("frame", frame, lambda: frame(a=[1.0, 2.0, 4.0])),
    ("frame, text", frame, lambda: frame(b=["x", "z", None])),
    ("frame, missing text", frame, lambda: frame(b=["x", "y", "z"])),
    ("frame, object", frame, lambda: frame(d=[[1], {"k": 3}, None])),
    ("frame, dtype", frame, lambda: frame(c=[1, 0, 1])),
    ("frame, index", frame, lambda: frame().set_axis([3, 4, 6])),
    ("frame, name of the index", frame, lambda: frame().rename_axis("n")),
    ("frame, order of columns", frame, lambda: frame()[["b", "a", "c", "d"]]),
    ("frame, name of the columns", frame, lambda: frame().rename_axis("n", axis=1)),
    ("frame, attributes", lambda: with_attrs(frame(), unit=["m"]), lambda: with_attrs(frame(), unit=["s"])),
    ("frame, one row less", frame, lambda: frame().iloc[:-1]),
    ("frame, -0.0", lambda: frame(a=[0.0, 1, 2]), lambda: frame(a=[-0.0, 1, 2])),
    ("two columns of one name", lambda: frame().set_axis(list("aabb"), axis=1), frame),
    ("empty frame", lambda: pandas.DataFrame(), lambda: pandas.DataFrame(index=[0])),
    ("series", series, lambda: series([1.5, 2.5, 3.5])),
    ("series, name", lambda: series(name="a"), lambda: series(name="b")),
    ("series, frame", series, lambda: series().to_frame()),
    ("nullable integers", lambda: series([1, None], dtype="Int64"), lambda: series([1, 0], dtype="Int64")),
    ("nullable floats", lambda: series([1, None], dtype="Float64"), lambda: series([1, None], dtype="float64")),
    ("categories", lambda: series("aba", dtype="category"), lambda: series("abb", dtype="category")),
    (
        "order of categories",
        lambda: pandas.Series(pandas.Categorical(["a"], ["a", "b"])),
        lambda: pandas.Series(pandas.Categorical(["a"], ["b", "a"])),
    ),
    (
        "moments in a zone",
        lambda: pandas.Series(pandas.date_range("2020", periods=2, tz="UTC")),
        lambda: pandas.Series(pandas.date_range("2020", periods=2)),
    ),
    (
        "periods",
        lambda: pandas.Series(pandas.period_range("2020", periods=2)),
        lambda: pandas.Series(pandas.period_range("2021", periods=2)),
    ),
    (
        "intervals",
        lambda: pandas.Series(pandas.interval_range(0, 2)),
        lambda: pandas.Series(pandas.interval_range(1, 3)),
    ),
    (
        "sparse",
        lambda: pandas.Series(pandas.arrays.SparseArray([0, 1])),
        lambda: pandas.Series(pandas.arrays.SparseArray([0, 2])),
    ),
    ("index", lambda: pandas.Index([1, 2]), lambda: pandas.Index([1, 3])),
    ("range, longer", lambda: pandas.RangeIndex(3), lambda: pandas.RangeIndex(4)),
    (
        "names of levels",
        lambda: pandas.MultiIndex.from_tuples([(1, "a")], names=["x", "y"]),
        lambda: pandas.MultiIndex.from_tuples([(1, "a")], names=["x", "z"]),
    ),
    ("Timestamp", lambda: pandas.Timestamp("2020", tz="UTC"), lambda: pandas.Timestamp("2020")),
    ("Timedelta", lambda: pandas.Timedelta(1), lambda: pandas.Timedelta(2)),
    ("NaT, NA", lambda: pandas.NaT, lambda: pandas.NA),
]


def column(values: Any = (1.5, None, 3.5), name: str = "a", **more: Any) -> Any:
    return polars.Series(name, list(values), **more)


POLARS: list[tuple[str, Make, Make]] = [
    ("series", column, lambda: column([1.5, None, 4.5])),
    ("missing", column, lambda: column([1.5, float("nan"), 3.5])),
    ("-0.0", lambda: column([0.0]), lambda: column([-0.0])),
    ("name", column, lambda: column(name="b")),
    ("dtype", lambda: column([1, 2]), lambda: column([1, 2], dtype=polars.Int32)),
    ("text", lambda: column(["a", None]), lambda: column(["b", None])),
    ("lists", lambda: column([[1], [2, 3]]), lambda: column([[1], [2, 4]])),
    ("structures", lambda: column([{"u": 1}]), lambda: column([{"u": 2}])),
    ("dates", lambda: column([dt.date(2020, 1, 1)]), lambda: column([dt.date(2020, 1, 2)])),
    ("frame", lambda: polars.DataFrame({"a": [1, 2], "b": ["x", "y"]}), lambda: polars.DataFrame({"a": [1, 2]})),
    ("frame, values", lambda: polars.DataFrame({"a": [1, 2]}), lambda: polars.DataFrame({"a": [1, 3]})),
    (
        "frame, order of columns",
        lambda: polars.DataFrame({"a": [1], "b": [2]}),
        lambda: polars.DataFrame({"b": [2], "a": [1]}),
    ),
]
ALL = [
    pytest.param(make, other, id=f"{library}: {name}")
    for library, rows in (("torch", TORCH), ("sparse", SPARSE), ("pandas", PANDAS), ("polars", POLARS))
    for name, make, other in rows
]


@pytest.mark.parametrize(("make", "other"), ALL)
def test_a_value_made_twice_is_the_same_and_one_detail_off_is_a_difference(make: Make, other: Make) -> None:
    assert first_difference(make(), make(), exact()) is None
    assert first_difference([make()], [make()], LOOSE) is None
    assert first_difference([make()], [other()], exact()) is not None
    assert first_difference([other()], [make()], exact()) is not None


@pytest.mark.parametrize(("make", "other"), ALL)
def test_a_copy_is_the_same_and_out_of_reach(make: Make, other: Make) -> None:
    original = make()
    copied = copy({"a": original})["a"]

    assert first_difference(original, copied, exact()) is None
    overwrite([original])
    assert first_difference(make(), copied, exact()) is None


@pytest.mark.parametrize(("make", "other"), ALL)
def test_it_has_mutants_and_each_is_refused(make: Make, other: Make) -> None:
    right = {"a": make()}
    found = list(mutants(right, {"a": make()}, LOOSE))

    assert [name for name, _ in found if "output['a']" in name or "array" in name]
    for name, wrong in found:
        assert first_difference(right, wrong, LOOSE) is not None, name
    assert first_difference({"a": make()}, right, exact()) is None, "the original is left alone"


READ_ONLY = ("dtype itself", "device", "size", "size, tuple", "generator", "meta", "NaT, NA", "Timestamp", "Timedelta")
READ_ONLY += ("index", "range, longer", "names of levels")


@pytest.mark.parametrize(("make", "other"), [p for p in ALL if not p.id.partition(": ")[2].startswith(READ_ONLY)])
def test_what_its_owner_may_change_is_changed(make: Make, other: Make) -> None:
    value = make()
    again = copy(value)
    overwrite({"a": (value,)})

    assert first_difference(again, value, exact()) is not None


def test_a_tensor_that_is_full_of_what_is_written_over_it_changes_all_the_same() -> None:
    for name in DTYPES:
        full = of_dtype(name, 77)
        before = copy(full)
        overwrite(full)
        assert first_difference(before, full, exact()) is not None, name


def test_writing_over_a_sparse_one_leaves_its_indices_which_other_code_follows() -> None:
    coo, csr = torch.eye(3).to_sparse(), matrix()
    indices = coo._indices().clone(), csr.indices.copy()
    overwrite([coo, csr])

    assert torch.equal(coo._indices(), indices[0])
    assert (csr.indices == indices[1]).all()
    assert (csr.data == 77).all()


def test_the_leaves_of_a_tensor_and_a_frame_are_their_numbers() -> None:
    assert [a.tolist() for a in leaves([of_dtype("bfloat16"), torch.eye(1).to_sparse()])] == [
        [1, 2, 4],
        [[0], [0]],
        [1],
    ]
    assert [1.0, 2.0, 3.0] in [a.tolist() for a in leaves(frame())]


def test_a_range_is_the_index_it_stands_for() -> None:
    assert first_difference(pandas.RangeIndex(2), pandas.Index([0, 1]), exact()) is None
    assert first_difference(pandas.Index([0, 1]), pandas.RangeIndex(2), exact()) is None
    assert first_difference(pandas.Index([0.0, 1.0]), pandas.RangeIndex(2), exact()) is not None


def test_a_difference_in_a_column_is_placed_in_it_and_takes_a_tolerance() -> None:
    found = first_difference([frame()], [frame(a=[1.0, 2.0, 3.0 + 1e-8])], exact())

    assert found is not None
    assert (found.where, found.index) == ("output[0]['a']", (2,))
    assert found.would_pass == "rtol=4e-09"


class Lazy(torch.Tensor):
    pass


class Geo(pandas.DataFrame):  # type: ignore[misc]
    pass


@pytest.mark.parametrize(
    ("value", "says", "hint"),
    [
        (torch.ones(2).as_subclass(Lazy), "Lazy", "base type"),
        (Geo({"a": [1]}), "Geo", "base type"),
        (polars.DataFrame({"a": [1]}).lazy(), "LazyFrame", "consume it first"),
    ],
)
def test_subclasses_and_what_is_lazy_are_refused_by_name(value: Any, says: str, hint: str) -> None:
    for refuse in (copy, lambda v: first_difference(v, v, exact())):
        with pytest.raises(UnknownType, match=re.escape(f"{says} at output[0]")) as caught:
            refuse([value])
        assert hint in caught.value.hint


def test_no_library_is_imported_for_the_sake_of_its_types() -> None:
    code = "import perfkit.tree as t, sys; t.copy([1, {'a': 2.5}]); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not {"torch", "pandas", "polars", "scipy"} & set(loaded)


def near_and_right(make: Callable[[np.random.Generator], Any], way: Any) -> tuple[Any, Any]:
    """An input that is nearly another one, after it was changed in place to be that, and the other one."""
    near, twin, right = (make(np.random.default_rng(1)) for _ in range(3))
    own = own_parts(near, twin)
    assert rearrange(near, own, way)
    assert first_difference(near, right, exact()) is not None
    assert assign(near, make(np.random.default_rng(1)), own)
    return near, right


CHANGED: dict[str, Callable[[np.random.Generator], Any]] = {
    "tensor": lambda rng: torch.from_numpy(rng.standard_normal((3, 4))),
    "tensor that asks for a gradient": lambda rng: torch.from_numpy(rng.standard_normal(5)).requires_grad_(),
    "tensors in a dict": lambda rng: {"x": torch.from_numpy(rng.integers(0, 9, 6)), "n": 3},
    "frame": lambda rng: pandas.DataFrame({"a": rng.random(6), "b": rng.integers(0, 99, 6), "c": list("abcdef")}),
    "series": lambda rng: pandas.Series(rng.random(6), name="a"),
    "csr": lambda rng: sp.csr_array(np.diag(rng.random(4))),
    "coo": lambda rng: sp.coo_array(np.diag(rng.random(4))),
}


@pytest.mark.parametrize("way", ["swapped", "last", "middle", "first"])
@pytest.mark.parametrize("kind", CHANGED)
def test_a_value_of_a_library_is_changed_in_place_until_it_is_another(kind: str, way: Any) -> None:
    changed, right = near_and_right(CHANGED[kind], way)

    assert first_difference(changed, right, exact()) is None


def test_a_frame_of_polars_takes_the_columns_of_another_in_place() -> None:
    one, other = (polars.DataFrame({"a": [1, n], "b": ["x", "y"]}) for n in (2, 3))
    own = own_parts(one, polars.DataFrame({"a": [1, 2], "b": ["x", "y"]}))

    assert assign(one, other, own)
    assert one["a"].to_list() == [1, 3]


def test_a_tensor_over_memory_that_is_shared_is_not_written_to() -> None:
    table = torch.arange(6.0)
    tree = [table[1:3]]

    assert not rearrange(tree, own_parts(tree, [table[1:3]]), "swapped")
    assert table.tolist() == [0, 1, 2, 3, 4, 5]


def test_what_stands_on_memory_that_is_only_read_does_not_let_itself_be_overwritten() -> None:
    numbers = np.arange(3.0)
    numbers.flags.writeable = False

    assert overwrite([pandas.Series(numbers, copy=False)]) == ("output[0]",)
    assert overwrite({"x": torch.ones(2, 1).expand(2, 3)}) == ("output['x']",)
