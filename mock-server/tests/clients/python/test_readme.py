"""Every block of README and handbook that is marked `run`, as printed, twice, each time in a fresh shell.

The mark is in the block's info string, where only its source shows it:

    ```sh run                run it: bash, in an empty directory, the program on the PATH
    ```sh run expect=WORD    and WORD must be in its output
    ```python run            the same for a Python program; `js run` for a JavaScript module
    ```python file=NAME      put it beside the next runnable block of the page, which uses it
    ```sh run uses=NAME      put a file beside it that another page prints

The blocks talk to a mock of this run on a free port, not to the port 4580 that somebody may be
using: `bedrock-mock env`, which every block calls, takes it from `BEDROCK_MOCK_URL`.
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import stranger

DOCS = stranger.REPOSITORY / "mock-server/docs"
PAGES = [stranger.REPOSITORY / "README.md", *sorted(DOCS.glob("*.md"))]
GUIDE = DOCS / "api-key-guide.md"
NODE_MODULES = stranger.REPOSITORY / "mock-server/tests/clients/js/node_modules"
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SUFFIX = {"python": "py", "js": "mjs"}


@dataclass(frozen=True)
class Block:
    """A runnable block, and the files that were printed before it."""

    page: Path
    line: int
    language: str
    expect: str | None
    text: str
    files: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def marked(words: list[str], mark: str) -> list[str]:
    return [word.removeprefix(f"{mark}=") for word in words if word.startswith(f"{mark}=")]


def printed() -> dict[str, str]:
    """The files of all pages, by name; of a name that is printed twice, the last."""
    found = {}
    for page in PAGES:
        for _, marks, text in BLOCK.findall(page.read_text()):
            found |= dict.fromkeys(marked(marks.split(), "file"), text)
    return found


def blocks() -> list[Block]:
    found, elsewhere = [], printed()
    for page in PAGES:
        source, files = page.read_text(), []
        for block in BLOCK.finditer(source):
            language, marks, text = block.groups()
            words = marks.split()
            files += [(name, text) for name in marked(words, "file")]
            if "run" in words:
                files += [(name, elsewhere[name]) for name in marked(words, "uses")]
                expect = marked(words, "expect")
                line = source.count("\n", 0, block.start()) + 1
                found.append(Block(page, line, language, expect[0] if expect else None, text, tuple(files)))
                files = []
        assert not files, f"{page.name}: no runnable block uses {files[0][0]}"
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


@pytest.mark.parametrize("block", blocks(), ids=str)
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
        # What the text above the program asks its reader to paste first.
        command = ["bash", "-euc", f'eval "$(bedrock-mock env)"\nexec {runner} {program.name}']
    for paste in ("first", "second"):
        done = stranger.run(command, env, tmp_path)
        assert done.returncode == 0, f"{block}, {paste} paste\n{done.stdout}\n{done.stderr}"
        if block.expect:
            assert block.expect in done.stdout, f"{block}, {paste} paste\n{done.stdout}\n{done.stderr}"
        else:
            assert done.stdout.strip(), "a block that prints nothing shows nothing"


def test_every_page_that_shows_how_has_a_block():
    pages = {block.page.name for block in blocks()}
    expected = {"README.md", "api-key-guide.md", "faq.md", "faults.md", "getting-started.md"}
    assert pages >= expected | {"journal-and-control-api.md", "scenarios.md", "testing.md"}


def test_there_is_a_block_for_every_section_of_the_guide():
    source = GUIDE.read_text()
    lines = {block.line for block in blocks() if block.page == GUIDE}
    for section in range(1, 6):
        start = re.search(rf"^## {section}\. ", source, re.MULTILINE)
        assert start, f"no section {section} of the guide"
        end = re.compile(r"^## |\Z", re.MULTILINE).search(source, start.end())
        first = source.count("\n", 0, start.start()) + 1
        last = source.count("\n", 0, end.start()) + 1
        assert lines & set(range(first, last)), f"section {section} has no runnable block"
