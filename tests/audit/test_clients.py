"""Every entry says whose it is: a client's, or the installation's."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OF_THE_INSTALLATION = (
    "archive.",
    "audit_log.",
    "bulk.",
    "explorer.",
    "model.",
    "person.",
    "queue.",
    "sealed_hashes.",
    "statements.",
    "trainee.",
)
"""What is nobody's or several clients': only people who see every client read it."""


def calls() -> list[tuple[str, ast.Call]]:
    """Return every call of audit.record in the platform, and where it is."""
    files = sorted((ROOT / "moderation").rglob("*.py"))
    nodes = [(file, node) for file in files for node in ast.walk(ast.parse(file.read_text()))]
    return [
        (f"{file.relative_to(ROOT)}:{node.lineno}", node)
        for file, node in nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record"
    ]


def test_every_entry_names_its_client_or_is_the_installations() -> None:
    assert len(calls()) > 20
    for place, call in calls():
        action = call.args[1]
        installation = isinstance(action, ast.Constant) and str(action.value).startswith(OF_THE_INSTALLATION)
        assert installation or "client" in {keyword.arg for keyword in call.keywords}, place
