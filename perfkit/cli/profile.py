def profile() -> None:
    """x"""
