"""Faults in the engine's decisions: where they can be made, and how one gets into a running interpreter.

A fault is a swapped comparison, a forgotten check, a negation lost, `and` for `or`, another number, the other direction, a memory that is
not written.  The working tree is never touched.
"""

import ast
import functools
import gc
import importlib.abc
import importlib.machinery
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("vpctui/engine", "vpctui/aws")
SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OTHER_WORDS = {"in": "out", "out": "in", "ingress": "egress", "egress": "ingress", "src": "dst", "dst": "src", "forward": "return", "return": "forward"}


@dataclass(frozen=True)
class Fault:
    """One fault: which file, which line, what was changed."""

    path: str
    number: int
    line: int
    what: str


class Seeder(ast.NodeTransformer):
    """Counts the faults of a module, and makes the one whose number is asked for."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.count = wanted, 0
        self.found: list[tuple[int, str]] = []

    def _fault(self, node: ast.AST, what: str, make: Callable[[], ast.AST]) -> ast.AST:
        self.found.append((getattr(node, "lineno", 0), what))
        self.count += 1
        return ast.copy_location(make(), node) if self.count - 1 == self.wanted else node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`==` for `!=`, `<` for `<=`, `in` for `not in`."""
        self.generic_visit(node)
        if len(node.ops) != 1 or type(node.ops[0]) not in SWAPPED:
            return node
        other = SWAPPED[type(node.ops[0])]
        return self._fault(node, f"{type(node.ops[0]).__name__} becomes {other.__name__}", lambda: ast.Compare(node.left, [other()], node.comparators))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """`and` for `or`."""
        self.generic_visit(node)
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return self._fault(node, f"{type(node.op).__name__} becomes {type(other).__name__}", lambda: ast.BoolOp(other, node.values))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """A negation that is lost."""
        self.generic_visit(node)
        return self._fault(node, "a lost not", lambda: node.operand) if isinstance(node.op, ast.Not) else node

    def visit_If(self, node: ast.If) -> ast.AST:
        """A check whose refusal is forgotten."""
        self.generic_visit(node)
        if len(node.body) == 1 and isinstance(node.body[0], ast.Return) and isinstance(node.test, ast.Name):
            return self._fault(node, f"`if {node.test.id}: return` forgotten", lambda: ast.If(ast.Constant(False), node.body, node.orelse))
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """What only writes the JSON Schema and the reference of the format decides nothing; other tests hold those pages."""
        return node if node.name in ("json_schema", "names") else self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """`frozen=True` and `kw_only=True` say how a record may be made, not what becomes of a packet."""
        node.body = [self.visit(each) for each in node.body]
        return node

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """Keys are names of facts, no decisions: that every sentence finds its facts is a law of every trace that tests make."""
        node.values = [self.visit(value) for value in node.values]
        return node

    def visit_Slice(self, node: ast.Slice) -> ast.AST:
        """How many of the possible values are offered is a matter of taste: `[:50]` is no decision about a packet."""
        return node if node.lower is None and isinstance(node.upper, ast.Constant) else self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Another number, the other truth, the other direction."""
        value = node.value
        if isinstance(value, bool):
            return self._fault(node, f"{value} becomes {not value}", lambda: ast.Constant(not value))
        if isinstance(value, int) and abs(value) < 70000:
            return self._fault(node, f"{value} becomes {value + 1}", lambda: ast.Constant(value + 1))
        if isinstance(value, str) and value in OTHER_WORDS:
            return self._fault(node, f"{value!r} becomes {OTHER_WORDS[value]!r}", lambda: ast.Constant(OTHER_WORDS[value]))
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A memory that is not written; sentences and command lines are left alone."""
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in ("Rule", "Sentence", "Field", "Section", "ec2", "Refusal", "Mistake", "problem"):
            return node
        self.generic_visit(node)
        if any(keyword.arg == "remembers" for keyword in node.keywords):
            kept = [keyword for keyword in node.keywords if keyword.arg != "remembers"]
            return self._fault(node, "nothing is remembered", lambda: ast.Call(node.func, node.args, kept))
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Annotations are no faults, and defaults of records are never used: readers name every field, with the default of its `Field`."""
        return node


def seeded(source: str, wanted: int) -> tuple[ast.Module, list[tuple[int, str]]]:
    """A module with one of its faults made (-1: none), and all faults that it has."""
    seeder = Seeder(wanted)
    tree = seeder.visit(ast.parse(source))
    return ast.fix_missing_locations(tree), seeder.found


def faults_of(path: str) -> list[Fault]:
    """Every fault that can be made in a file."""
    _, found = seeded((ROOT / path).read_text(encoding="utf-8"), -1)
    return [Fault(path, number, line, what) for number, (line, what) in enumerate(found)]


def all_faults() -> list[Fault]:
    """Every fault of the engine's and the resources' decisions."""
    files = sorted(str(path.relative_to(ROOT)) for place in PLACES for path in (ROOT / place).glob("*.py"))
    return [fault for path in files for fault in faults_of(path)]


class Faulty(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from its faulty source."""

    def __init__(self, fault: Fault) -> None:
        self._name = fault.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        self._tree, _ = seeded((ROOT / fault.path).read_text(encoding="utf-8"), fault.number)
        self._path = str(ROOT / fault.path)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        """Only for the module with the fault."""
        if name != self._name:
            return None
        package = self._path.endswith("__init__.py")
        return importlib.util.spec_from_file_location(
            name, self._path, loader=self, submodule_search_locations=[str(Path(self._path).parent)] if package else None
        )

    def exec_module(self, module: ModuleType) -> None:
        """Run the faulty source in the module."""
        exec(compile(self._tree, self._path, "exec"), module.__dict__)


def compiled(fault: Fault, number: int) -> CodeType:
    """The module of a fault as code, with one of its faults made (-1: none)."""
    tree, _ = seeded((ROOT / fault.path).read_text(encoding="utf-8"), number)
    return compile(tree, str(ROOT / fault.path), "exec")


class Running:
    """What an interpreter runs at this moment: the functions, and the caches of what they have worked out.

    Looking for them touches every object that there is, so it is done once and before any fault.
    """

    def __init__(self) -> None:
        everything = gc.get_objects()
        self._functions = [each for each in everything if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(str(ROOT))]
        self._caches = [each for each in everything if isinstance(each, functools._lru_cache_wrapper)]

    def infect(self, fault: Fault) -> bool:
        """Put a fault into the functions of a module that is imported already; False when it lies in what only an import runs."""
        count = 0
        for before, after in changed(compiled(fault, -1), compiled(fault, fault.number)):
            for function in self._functions:
                if function.__code__ == before:
                    function.__code__ = after
                    count += 1
        self.forget()
        return count > 0

    def forget(self) -> None:
        """Have everything worked out anew."""
        for cache in self._caches:
            cache.cache_clear()


def changed(before: CodeType, after: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The innermost pieces of code that differ, and those around them."""
    if before == after:
        return
    yield before, after
    inner = zip(_nested(before), _nested(after), strict=True)
    for old, new in inner:
        yield from changed(old, new)


def _nested(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]
