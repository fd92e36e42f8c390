"""Every block of the README that is marked `run`, as printed, each in a fresh shell.

The mark is in the block's info string, where only its source shows it:

    ```sh run                run it: bash, in an empty directory, the program on the PATH
    ```sh run expect=WORD    and WORD must be in its output
    ```python run            the same for a Python program; `js run` for a JavaScript module
    ```python file=NAME      lay it beside the next block, which uses it

The blocks talk to a mock of this run on a free port, not to the port 4580 that somebody may be
using: `BEDROCK_MOCK_URL` says so to `bedrock-mock env`, which every block asks.
"""

import re
import subprocess
from dataclasses import dataclass

import pytest
import stranger

README = stranger.REPOSITORY / "README.md"
NODE_MODULES = stranger.REPOSITORY / "mock-server/tests/clients/js/node_modules"
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SUFFIX = {"python": "py", "js": "mjs"}


@dataclass(frozen=True)
class Block:
    """A runnable block, and the files that were printed before it."""

    line: int
    language: str
    expect: str | None
    text: str
    files: tuple[tuple[str, str], ...]


def blocks() -> list[Block]:
    readme = README.read_text()
    found, files = [], []
    for block in BLOCK.finditer(readme):
        language, marks, text = block.groups()
        words = marks.split()
        names = [word.removeprefix("file=") for word in words if word.startswith("file=")]
        files += [(name, text) for name in names]
        if "run" in words:
            expect = [word.removeprefix("expect=") for word in words if word.startswith("expect=")]
            line = readme.count("\n", 0, block.start()) + 1
            found.append(Block(line, language, expect[0] if expect else None, text, tuple(files)))
            files = []
    return found


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A mock for all blocks: what they make must not get in each other's way."""
    home = tmp_path_factory.mktemp("serve")
    process = subprocess.Popen(
        ["bedrock-mock", "--port", "0", "--access-log", "false"],
        env=stranger.environment(home),
        executable=stranger.BINARY,
        stdout=subprocess.PIPE,
        text=True,
    )
    plain = process.stdout.readline().removeprefix("bedrock-mock listening on ").strip()
    yield plain.replace("http:", "https:"), home
    process.terminate()
    assert process.wait(15) == 0


@pytest.mark.parametrize("block", blocks(), ids=lambda block: f"line {block.line}")
def test_block(tmp_path, url, block):
    address, home = url
    env = stranger.environment(home) | {"BEDROCK_MOCK_URL": address}
    (tmp_path / "node_modules").symlink_to(NODE_MODULES.resolve())
    for name, text in block.files:
        (tmp_path / name).write_text(text)

    if block.language == "sh":
        command = ["bash", "-euo", "pipefail", "-c", block.text]
    else:
        program = tmp_path / f"program.{SUFFIX[block.language]}"
        program.write_text(block.text)
        runner = {"python": "python", "js": "node"}[block.language]
        # What the section above the program tells its reader to paste first.
        command = ["bash", "-euc", f'eval "$(bedrock-mock env)"\nexec {runner} {program.name}']
    done = stranger.run(command, env, tmp_path)

    assert done.returncode == 0, f"README.md:{block.line}\n{done.stdout}\n{done.stderr}"
    if block.expect:
        assert block.expect in done.stdout, done.stdout
    else:
        assert done.stdout.strip(), "a block that prints nothing shows nothing"


def test_there_is_a_block_for_every_section_of_the_guide():
    readme = README.read_text()
    lines = {block.line for block in blocks()}
    for section in range(1, 6):
        start = re.search(rf"^### {section}\. ", readme, re.MULTILINE)
        assert start, f"no section {section} of the guide"
        end = re.compile(r"^##", re.MULTILINE).search(readme, start.end())
        first = readme.count("\n", 0, start.start()) + 1
        last = readme.count("\n", 0, end.start()) + 1
        assert lines & set(range(first, last)), f"section {section} has no runnable block"
