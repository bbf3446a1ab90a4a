"""Which deployment a plan or state of the set is of: a root module's, or one of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import dirname

from kvlint.deployments import TerraformDeployment, TerraformLibrary
from kvlint.evaluate.combine import key_of
from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.terraform.configuration import Module
from kvlint.evaluate.terraform.module import ModuleInstance
from kvlint.evaluate.terraform.plan import Plan
from kvlint.evaluate.terraform.planned import PlannedValues, placed
from kvlint.evaluate.terraform.run import Run
from kvlint.evaluate.terraform.variables import Assignment, VariableFile
from kvlint.evaluate.values import Value
from kvlint.graph.adapters.terraform_plan import VOCABULARY
from kvlint.parsing import Parsed
from kvlint.states import RootStates
from kvlint.syntax.terraform_show import ShowKind


@dataclass(slots=True, eq=False)
class PlacedPlans:
    """The deployments of a set that has plans.

    A plan of a configuration that is in the set is one of ``deployments``: that configuration,
    with what the plan knows of it. ``alone`` are the other plans, and states.
    """

    deployments: list[TerraformDeployment]
    alone: list[PlannedValues] = field(default_factory=list)


def place_plans(
    parsed: Parsed, deployments: Sequence[TerraformDeployment], library: TerraformLibrary
) -> PlacedPlans:
    """Find the root of each plan: the nearest one around it, or the only one that it fits.

    A plan takes the place of the deployment that nobody chose var files for; where there are
    var files to choose from, it is a further choice. What does not fit its root is a state, or a
    plan of before the configuration changed: the configuration is the later word, so that it is
    only a variant of that root's deployment, and only where it was named.
    """
    found = PlacedPlans(list(deployments))
    by_root: dict[str, list[TerraformDeployment]] = {}
    for one in deployments:
        by_root.setdefault(one.deployment.root, []).append(one)
    roots = {root: variants[0].module for root, variants in by_root.items()}
    joined: dict[str, list[TerraformDeployment]] = {}
    for plan in parsed.plans:
        root = _root_of(plan, roots, library)
        module = roots.get(root) if root is not None else None
        if root is None:
            root, module = _named_root(plan, library)
        path = plan.source.path
        place = Deployment(Language.TERRAFORM, path if root is None else root, "" if root is None else path)
        values = PlannedValues(plan, place, VOCABULARY)
        if module is not None and plan.kind is ShowKind.PLAN and _fits(plan, module):
            one = _joined(values, module, by_root.get(place.root, []), library)
            joined.setdefault(place.root, []).append(one)
        elif root is None or plan.named:
            found.alone.append(values)
    if joined:
        # What Terragrunt tells other units of a unit comes out of its own deployment.
        units = {dirname(file.source.path) for file in parsed.terragrunt}
        replaced = joined.keys() - units
        kept = [one for one in deployments if one.deployment.variant or one.deployment.root not in replaced]
        found.deployments = [*kept, *(one for variants in joined.values() for one in variants)]
        states = RootStates([one.root for one in found.deployments])
        for one in found.deployments:
            one.root.run.states = states
    return found


def _root_of(plan: Plan, roots: Mapping[str, Module], library: TerraformLibrary) -> str | None:
    """The root that a plan or state belongs to, ``None`` where there is none."""
    near: str | None = dirname(plan.source.path)
    while near is not None and near not in roots:
        near = library.above(near)
    if near is not None and plan.declared & _declared(roots[near]):
        return near
    fitting = [folder for folder, module in roots.items() if _fits(plan, module)]
    return fitting[0] if len(fitting) == 1 else None


def _named_root(plan: Plan, library: TerraformLibrary) -> tuple[str, Module] | tuple[None, None]:
    """The configuration beside a plan that was named without it."""
    folder = dirname(plan.source.path)
    module = library.module(folder)
    fits = module is not None and plan.kind is ShowKind.PLAN and _fits(plan, module)
    return (folder, module) if module is not None and fits else (None, None)


def _fits(plan: Plan, module: Module) -> bool:
    """Whether a plan is of this very configuration, or a state perhaps of it."""
    declared = _declared(module)
    if plan.kind is ShowKind.PLAN:
        # Checks have data sources of their own, which are none of the module.
        more = plan.declared - declared
        return bool(declared) and declared <= plan.declared and all(mode == "data" for mode, _, _ in more)
    return bool(plan.declared) and plan.declared <= declared


def _declared(module: Module) -> set[tuple[str, str, str]]:
    found = {("managed", kind, name) for kind, name in module.resources}
    found |= {("data", kind, name) for kind, name in module.data}
    return found | {("module", "", name) for name in module.calls}


def _joined(
    values: PlannedValues, module: Module, variants: Sequence[TerraformDeployment], library: TerraformLibrary
) -> TerraformDeployment:
    """The deployment of a configuration as it was planned."""
    run = Run(values.deployment, values.deployment.root, library, planned=values)
    if variants:
        run.root, run.understood = variants[0].root.run.root, variants[0].root.run.understood
    files = {file.source.path: file for one in variants for file in one.files}
    inputs = _inputs(values, module, files.values())
    return TerraformDeployment(
        values.deployment, module, list(files.values()), ModuleInstance(module, run, inputs.get)
    )


def _inputs(values: PlannedValues, module: Module, files: Iterable[VariableFile]) -> dict[str, Value]:
    """What the variables were when the plan was made, where a var file sets them if one does."""
    written: dict[str, list[Value]] = {}
    for file in files:
        for name, assignment in file.assignments.items():
            written.setdefault(name, []).append(assignment.value())
    found: dict[str, Value] = {}
    for name in module.variables:
        node = values.plan.variables.get(name)
        if node is not None:
            planned = Assignment(name, node.span, node).value()
            same = (one for one in written.get(name, ()) if key_of(one) == key_of(planned))
            found[name] = next(same, None) or placed(planned, None)
    return found
