"""Where apps, tables, modules and imports may stand."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

ROOT = Path(settings.ROOT)
SOURCES = ("platform", "tenants", "routing", "sla_contracts", "billing", "quality")
BANNED_MODULES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "services", "service", "misc"}
MAX_LINES = 400


def sources() -> Iterator[Path]:
    for folder in SOURCES:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def test_no_app_is_on_both_sides() -> None:
    both = set(settings.SHARED_APPS) & set(settings.TENANT_APPS)
    assert both <= {"django.contrib.contenttypes"}


def test_every_app_of_ours_with_tables_is_on_its_side() -> None:
    shared = {"tenants", "people", "routing", "sla_contracts", "billing"}
    in_schema = {"customers", "carriers", "automation", "conversations", "quality"}
    assert shared <= set(settings.SHARED_APPS)
    assert in_schema <= set(settings.TENANT_APPS)
    for name in ("kernel", "desk", "config"):
        assert list(apps.get_app_config(name).get_models()) == []


def test_no_app_is_called_channels_or_platform() -> None:
    ours = [config for config in apps.get_app_configs() if Path(config.path).is_relative_to(ROOT / "platform")]
    assert not {config.label for config in ours} & {"channels", "platform"}


def test_platform_is_a_source_root_and_no_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not (ROOT / "platform" / "conftest.py").exists()
    assert not list((ROOT / "platform").rglob("test_*.py"))
    import platform

    assert platform.python_version()


def test_keys_from_a_shop_into_public_are_not_constrained() -> None:
    wrong = []
    for field in _foreign_keys_of_tenant_apps():
        target = apps.get_app_config(field.related_model._meta.app_label).name
        if target in settings.TENANT_APPS:
            continue
        if field.db_constraint or field.remote_field.on_delete is not models.DO_NOTHING:
            wrong.append(str(field))
        if not field.remote_field.hidden:
            wrong.append(f"{field}: related_name must be '+'")
    assert wrong == []


def test_public_tables_do_not_point_into_shops() -> None:
    for config in apps.get_app_configs():
        if config.name in settings.TENANT_APPS:
            continue
        for model in config.get_models():
            for field in model._meta.get_fields():
                target: Any = getattr(field, "related_model", None)
                if isinstance(field, models.ForeignKey):
                    assert apps.get_app_config(target._meta.app_label).name not in settings.TENANT_APPS, str(field)


def test_imports_keep_the_contract() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contract_names_every_app() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    ours = {
        config.name
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(ROOT) and _is_ours(config.path)
    }
    assert ours == set(contract["root_packages"])


def test_pure_modules_run_without_django() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    pure = next(c for c in contract["contracts"] if c["id"] == "pure")["source_modules"]
    program = (
        "import sys\n"
        "class NoDjango:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('django', 'rest_framework', 'channels', 'celery', 'psycopg', 'redis'):\n"
        "            raise ImportError(name + ' is forbidden here')\n"
        "sys.meta_path.insert(0, NoDjango())\n" + "".join(f"import {module}\n" for module in pure)
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_no_module_is_a_drawer() -> None:
    drawers = [str(path.relative_to(ROOT)) for path in sources() if {path.stem, path.parent.name} & BANNED_MODULES]
    assert drawers == []


def test_modules_fit_a_sitting() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def test_no_signals_and_no_logic_in_save() -> None:
    wrong = []
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and _is_signals(node.module or "", [name.name for name in node.names]):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} imports signals")
            if isinstance(node, ast.ClassDef):
                wrong += [
                    f"{path.relative_to(ROOT)}:{item.lineno} overrides {item.name}()"
                    for item in node.body
                    if isinstance(item, ast.FunctionDef) and item.name == "save" and _is_model(node)
                ]
    assert wrong == []


def test_no_async_orm() -> None:
    forbidden = {"aget", "acreate", "asave", "afirst", "acount", "aexists", "aupdate", "adelete", "abulk_create"}
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in forbidden
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["set_tenant", "set_schema", "schema_context", "tenant_context"])
def test_schemas_are_entered_by_the_one_door(name: str) -> None:
    """Only kernel.tenancy turns the connection; everybody else goes through ``enter``."""
    users = [
        str(path.relative_to(ROOT))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr == name) or (isinstance(node, ast.Name) and node.id == name)
    ]
    assert set(users) <= {"platform/kernel/tenancy.py", "platform/kernel/postgres/standing.py"}


def _foreign_keys_of_tenant_apps() -> Iterator[Any]:
    for name in settings.TENANT_APPS:
        for model in apps.get_app_config(name.rpartition(".")[2]).get_models():
            for field in model._meta.get_fields():
                if isinstance(field, models.ForeignKey):
                    yield field


def _is_ours(path: str) -> bool:
    return ".venv" not in Path(path).parts


def _is_signals(module: str, names: list[str]) -> bool:
    return module.endswith("signals") or module == "django.dispatch" or "signals" in names


def _is_model(node: ast.ClassDef) -> bool:
    return any("Model" in ast.unparse(base) or "Mixin" in ast.unparse(base) for base in node.bases)
