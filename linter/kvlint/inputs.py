"""What the options of a command name: files to analyse, folders that give facts, the Bicep CLI."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from kvlint.bicepcli.options import BicepMode, BicepOptions, user_module_cache
from kvlint.bicepcli.program import has_program
from kvlint.configuration import Configuration, ConfigurationError
from kvlint.discover import place_of, shown_path
from kvlint.ignorefiles import repository_top


def analysed_scope(
    options: argparse.Namespace, parser: argparse.ArgumentParser
) -> tuple[list[Path], Path, set[str] | None]:
    """What to analyse, the root of it, and the files to report on (``None``: all of them)."""
    given: list[Path] = options.paths
    for path in given:
        if not os.path.lexists(path):
            parser.error(f"no such file or directory: {path}")
    if options.root is not None and not options.root.is_dir():
        parser.error(f"--root is not a folder: {options.root}")
    if not options.pre_commit:
        paths = given or [options.root or Path()]
        return paths, _root_of(paths, options.root), None

    here = Path(os.path.realpath("."))
    root = Path(os.path.realpath(options.root)) if options.root else repository_top(here) or here
    focus = {shown_path(Path(os.path.realpath(path)), root) for path in given}
    return [root], root, focus or None


def _root_of(paths: Sequence[Path], chosen: Path | None) -> Path:
    """The folder that shown paths are relative to, links resolved."""
    if chosen is not None:
        return Path(os.path.realpath(chosen))
    places = [place_of(path) for path in paths]

    def holds_all(folder: Path) -> bool:
        return all(place.is_relative_to(folder) for place in places)

    here = Path(os.path.realpath("."))
    if holds_all(here):
        return here

    top = repository_top(places[0])
    if top is not None and holds_all(top):
        return top
    try:
        common = Path(os.path.commonpath(places))
    except ValueError:  # several drives
        return here
    return common if common.is_dir() else common.parent


def context_folders(
    options: argparse.Namespace, configuration: Configuration, parser: argparse.ArgumentParser
) -> list[Path]:
    """The folders that only give facts: those of the options, and those of the configuration."""
    for folder in options.context:
        if not folder.is_dir():
            parser.error(f"--context is not a folder: {folder}")
    for named in configuration.context:
        if not named.path.is_dir():
            raise ConfigurationError(f'{named.place}: "context" names no folder: {named.path}')
    return [*options.context, *(named.path for named in configuration.context)]


def bicep_options(
    options: argparse.Namespace, root: Path, configuration: Configuration, parser: argparse.ArgumentParser
) -> BicepOptions:
    """Who reads Bicep files: the option, else the configuration."""
    chosen = BicepOptions(
        BicepMode(options.bicep or configuration.bicep),
        restore=options.bicep_restore,
        module_cache=user_module_cache(),
    )
    if options.bicep_restore and chosen.mode is BicepMode.NATIVE:
        parser.error("--bicep-restore: with --bicep native there is no program to restore modules")
    if chosen.mode is BicepMode.CLI and not has_program(root):
        parser.error(
            "--bicep cli: there is no bicep, and no az with it, on PATH outside of the analysed folder; "
            "install it (https://aka.ms/bicep-install) or use --bicep native"
        )
    return chosen
