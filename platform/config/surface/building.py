"""Functions that name audiences and keys, keep files, make papers, send mail or reach outside.

Those that declare it are known by their decorators. The source is searched for those that do it and do not say so.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings

from config.surface.thing import Thing
from kernel.access import DECLARED

# What a function does when it calls this, by the last name of the call.
_DOES = {
    "write_bytes": "storage",
    "write_text": "storage",
    "NamedTemporaryFile": "storage",
    "TemporaryFile": "storage",
    "mkstemp": "storage",
    "typeset": "export",
    "get_connection": "mail",
    "send_mail": "mail",
    "urlopen": "outgoing",
    "MailBox": "outgoing",
    "create_connection": "outgoing",
    "HTTPConnection": "outgoing",
    "HTTPSConnection": "outgoing",
}
# Programs of the machine's owner and of the tests of a release; they hold no door to a shop.
_TOOLS = ("config/launch/", "config/replay/", "config/management/", "tenants/management/", "config/surface/")
_DECORATORS = ("declares", "names_audience", "names_key")


def built() -> Iterator[Thing]:
    modules = list(_modules())
    for module, _ in modules:
        importlib.import_module(module)
    for name, (kind, access) in DECLARED.items():
        yield Thing(kind, name, access, at=name.rpartition(".")[0])
    for module, path in modules:
        yield from _silent(module, ast.parse(path.read_text(encoding="utf-8")))


def is_ours(config: AppConfig) -> bool:
    root = Path(config.path)
    return root.is_relative_to(settings.ROOT) and "site-packages" not in root.parts


def _modules() -> Iterator[tuple[str, Path]]:
    """Our modules, without migrations and tools."""
    for config in apps.get_app_configs():
        if not is_ours(config):
            continue
        root = Path(config.path)
        for path in sorted(root.rglob("*.py")):
            relative = path.relative_to(root.parent)
            if "migrations" in relative.parts or str(relative).startswith(_TOOLS):
                continue
            module = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
            yield module, path


def _silent(module: str, tree: ast.Module) -> Iterator[Thing]:
    """Functions that do what must be declared, without a declaration."""
    for function, says_so in _functions(tree):
        if says_so:
            continue
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            kind = _kind(call)
            if kind:
                yield Thing(kind, f"{module}.{function.name}:{call.lineno}", None, at=module)


def _functions(tree: ast.AST, inside: bool = False) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names = {_last(one.func) for one in node.decorator_list if isinstance(one, ast.Call)}
            yield node, inside or bool(names & set(_DECORATORS))
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node)


def _kind(call: ast.Call) -> str:
    name = _last(call.func)
    if name == "open" and _writes(call):
        return "storage"
    if name in ("get", "post", "put", "request", "Session") and _owner(call.func) in ("requests", "httpx"):
        return "outgoing"
    return _DOES.get(name, "")


def _writes(call: ast.Call) -> bool:
    given = [*call.args, *(one.value for one in call.keywords if one.arg == "mode")]
    modes = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(mode and set(mode) <= set("rwabxt+") and set(mode) & set("wax+") for mode in modes)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _owner(node: ast.expr) -> str:
    return node.value.id if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else ""
