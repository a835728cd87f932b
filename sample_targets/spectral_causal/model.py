"""The causal byte-spectral model: the parts and the parameters of the documented one, run so that nothing looks ahead.

What differs is what is computed with them, and stands in `ops`: 2,699,904 parameters, as there.
"""

from __future__ import annotations

from ..spectral.model import Config, SpectralMix, SpectralModel, as_ids, make_model, parameter_count

__all__ = ["Config", "SpectralMix", "SpectralModel", "make_model", "parameter_count"]


def main() -> None:
    from .ops import BASELINE

    model = make_model(Config(), seed=0)
    one, other = as_ids([list(b"What came before.")]), as_ids([list(b"What came beyond.")])
    moved = BASELINE.infer(BASELINE, model, one) - BASELINE.infer(BASELINE, model, other)
    print(f"{parameter_count(model):,} parameters")
    print(f"other bytes from 12 on move the logits before it by {float(moved[:, :12].abs().max()):.1e}")


if __name__ == "__main__":
    main()
