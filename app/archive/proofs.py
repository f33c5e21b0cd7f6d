"""Whether the archive is what its manifest says."""

from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from app.archive.layouts import LAYOUTS
from app.archive.manifests import SCHEMA, Contents, File, read_manifest
from app.archive.readings import checks_of
from app.archive.shelves import groups_of, reading


class Proof(msgspec.Struct, kw_only=True):
    """What was found. `wrong`: what is not as it was written; `gaps`: inputs that no tape had, of each run; `pruned_…`:
    what was let go since."""

    files: int = 0
    rows: int = 0
    bytes: int = 0
    parts: int = 0
    pieces: int = 0
    pruned_pieces: int = 0
    pruned_inputs: int = 0
    gaps: dict[str, list[tuple[int, int]]] = {}
    wrong: list[str] = []

    @property
    def is_right(self) -> bool:
        """Whether everything that counts is there, as it was."""
        return not self.wrong


def prove(folder: Path) -> Proof:
    """Read every file and every part of an archive. Raises BadInput for a manifest that is none."""
    with reading(folder):
        contents = read_manifest(folder)
        proof = Proof(files=len(contents.files), bytes=contents.bytes)
        for file in contents.files.values():
            proof.wrong += _wrong_with(folder / file.name, file)
            proof.rows += file.rows
        if not proof.wrong:
            for run in sorted(contents.parts):
                _prove_run(folder, contents, run, proof)
    return proof


def _wrong_with(path: Path, file: File) -> Iterator[str]:
    if not path.is_file():
        yield f"{file.name} is not there"
        return
    with path.open("rb") as content:
        digest = file_digest(content, "sha256").hexdigest()
    if digest != file.hash:
        yield f"{file.name} is not what was written: its hash is another"
        return
    with pq.ParquetFile(path) as read:
        rows, names = read.metadata.num_rows, read.schema_arrow.names
        in_order = [(group.run, group.first) for group in groups_of(read)]
    if rows != file.rows or rows != sum(span.rows for span in file.spans):
        yield f"{file.name} has {rows} rows, and its line says {file.rows}"
    if file.schema == SCHEMA and names != LAYOUTS[file.dataset].schema.names:
        yield f"{file.name} has other columns"
    if in_order != sorted(in_order):
        yield f"{file.name} is out of order"


def _prove_run(folder: Path, contents: Contents, run: str, proof: Proof) -> None:
    """Every piece and every input is there once, or was let go."""
    parts = contents.parts[run].values()
    checks = [check for part in parts for check in checks_of(folder, contents, part)]
    inputs = sum(span.rows for _, span in contents.of_run("inputs", run))
    proof.parts += len(parts)
    proof.pieces += len(checks)
    proof.pruned_inputs += sum(part.inputs for part in parts) - inputs
    proof.pruned_pieces += sum(part.pieces for part in parts) - len(checks)
    if gaps := [gap for part in parts for gap in part.gaps]:
        proof.gaps[run] = gaps
    if len({check.first for check in checks}) < len(checks):
        proof.wrong.append(f"{run}: a piece is there twice")
    if inputs > sum(part.inputs for part in parts):
        proof.wrong.append(f"{run}: there are more inputs than its tape had")
