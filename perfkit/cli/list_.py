def list_() -> None:
    """x"""
