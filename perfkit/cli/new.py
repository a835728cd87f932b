import typer
app = typer.Typer()
@app.command()
def recipe() -> None:
    """x"""
