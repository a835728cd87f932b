def explain() -> None:
    """x"""
