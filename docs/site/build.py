#!/usr/bin/env python3
"""The documentation as a static site: pages of docs/, manual pages, public headers.

usage: build.py OUT MANUAL [SOURCE]

MANUAL is the folder with the manual's pages in AsciiDoc (build/release/pages/asciidoc). A link that leads nowhere, an anchor that
is not there, a page that the navigation lacks: told with its page, exit code 1, and nothing is written.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

import headers
from page import Page, frame, name_links, plain, relative, rewrite_links

HERE = pathlib.Path(__file__).resolve().parent
SITE_FILES = ("style.css", "site.js")


def run(command, **options):
    """What a tool prints."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8", **options).stdout


def target_of(source):
    """Where a page of the repository goes in the site."""
    path = source.removeprefix("docs/")
    if path == "README.md":
        return "index.html"
    path = re.sub(r"(^|/)README\.md$", r"\1index.html", path.lower() if "/" not in path else path)
    return re.sub(r"\.md$", ".html", path)


def markdown_page(root, source, short):
    """A page of the repository, by the parser that the large forges use, and its name in the navigation."""
    body = run(["cmark-gfm", "-e", "table", "-e", "autolink", "-e", "strikethrough", root / source])
    if "<!-- raw HTML omitted -->" in body:
        raise ValueError(f"{source}: HTML in Markdown")
    return Page(source, target_of(source), body, short)


def manual_pages(root, folder):
    """Pages of the commands, made from the program's own table of options."""
    sources = [*sorted(folder.glob("*.adoc"), key=lambda source: source.stem), *sorted((root / "nightly").glob("*.adoc"))]
    with tempfile.TemporaryDirectory() as scratch:
        run(["asciidoctor", "-b", "html5", "-e", "-a", "nofooter", "--failure-level", "WARN", "-D", scratch, *sources])
        for source in sources:
            body = (pathlib.Path(scratch) / f"{source.stem}.html").read_text(encoding="utf-8")
            body = re.sub(r"</?div[^>]*>", "", body)
            body = re.sub(r"<h1>.*?</h1>", "", body, flags=re.DOTALL)
            body = re.sub(r"\bdocs/([a-z/-]+)\.md\b", lambda match: f'<a href="../{match[1]}.html">{match[1]}</a>' if (root / match[0]).is_file() else match[0], body)
            title = source.stem.replace("-", " ", 1) if source.parent == folder else source.stem
            yield Page(f"manual page {source.stem}(1)", f"commands/{source.stem}.html", f"<h1>{title}</h1>{body}")


def link_manual(page):
    """tolmuur-rate(1) leads to its page."""
    return re.sub(r"<strong>(tolmuur(?:-[a-z]+)?)</strong>\(1\)", r'<a href="\1.html">\1</a>(1)', page.body)


def library_pages(root):
    """Pages of the public headers, each name a link to its declaration."""
    pages, where = [], {}
    for folder, prefix in (("core/include/tolmuur", "tolmuur"), ("datasets/include/datasets", "datasets")):
        for source in sorted((root / folder).glob("*.h")):
            body, names = headers.render(f"{prefix}/{source.name}", source.read_text(encoding="utf-8"))
            page = Page(f"{folder}/{source.name}", f"library/{prefix}-{source.stem}.html", body)
            pages.append(page)
            where |= {name: f"{page.target}#{name}" for name in names if name not in where}
    for page in pages:
        page.body = headers.cross_link(page.body, where, lambda address, page=page: relative(page.target, address))
    index = "<h1>Library: all names</h1><ul class=\"names\">" + "".join(f'<li><a href="{relative("library/index.html", where[name])}"><code>{name}</code></a></li>' for name in sorted(where)) + "</ul>"
    return [Page("core/include, datasets/include", "library/index.html", index), *pages]


class Links:
    """Settles every link of the site and collects those that lead nowhere."""

    def __init__(self, root, pages):
        self.root = root
        self.by_source = {page.source: page for page in pages}
        self.by_target = {page.target: page for page in pages}
        self.files = {}  # path in the site -> file of the repository
        self.faults = []

    def title(self, page, link):
        """The title of the page that a link of a page of the repository leads to."""
        file = (self.root / page.source).parent.joinpath(link.partition("#")[0]).resolve()
        other = self.by_source.get(str(file.relative_to(self.root)) if file.is_relative_to(self.root) else "")
        return other.title if other else None

    def resolve(self, page, link):
        """The address in the site of a link on a page; None when the site has no such page."""
        if re.match(r"(https?|mailto):", link):
            return link
        path, _, anchor = link.partition("#")
        if page.source in self.by_source and page.source.endswith(".md"):
            other, address = self.from_source(page, path)
        else:
            address = str(pathlib.PurePosixPath(pathlib.PurePosixPath("/" + page.target).parent / path)) if path else "/" + page.target
            address = re.sub(r"[^/]+/\.\./", "", address).removeprefix("/")
            other = self.by_target.get(address)
            if other is None:
                self.faults.append(f"{page.source}: '{link}': no such page")
                return None
        if other and anchor and anchor not in other.anchors():
            self.faults.append(f"{page.source}: '{link}': {other.source} has no heading of that name")
        return relative(page.target, address) + (f"#{anchor}" if anchor else "") if address else None

    def from_source(self, page, path):
        """The page, and the address in the site, that a path on a page of the repository means."""
        if not path:
            return page, page.target
        file = (self.root / page.source).parent.joinpath(path).resolve()
        name = str(file.relative_to(self.root)) if file.is_relative_to(self.root) else None
        if name in self.by_source:
            return self.by_source[name], self.by_source[name].target
        if name is None or not file.exists():
            self.faults.append(f"{page.source}: '{path}': no such file")
            return None, None
        if name.startswith("docs/") and file.is_file():
            self.files[name.removeprefix("docs/")] = file
            return None, name.removeprefix("docs/")
        return None, None  # sources are not part of the site


def read_navigation(root, manual):
    """Groups of pages in their order; faults of the navigation itself."""
    groups, faults = [], []
    generators = {"commands": lambda: list(manual_pages(root, manual)), "library": lambda: library_pages(root)}
    for group in tomllib.loads((HERE / "navigation.toml").read_text(encoding="utf-8"))["group"]:
        members = generators[group["generated"]]() if "generated" in group else []
        for entry in group.get("pages", []):
            name, short = entry if isinstance(entry, list) else (entry, None)
            if (root / name).is_file():
                members.append(markdown_page(root, name, short))
            else:
                faults.append(f"navigation.toml: '{name}': no such page")
        groups.append((group["title"], members))
    known = {page.source for _, members in groups for page in members}
    for file in sorted((root / "docs").rglob("*.md")):
        if str(file.relative_to(root)) not in known:
            faults.append(f"{file.relative_to(root)}: not in navigation.toml")
    return groups, faults


def search_index(pages):
    """Title, section, address and text of every section."""
    entries = []
    for page in pages:
        parts = re.split(r'<h[1-6] id="([^"]+)">', page.body)
        for anchor, part in zip(parts[1::2], parts[2::2]):
            heading, _, text = part.partition("</h")
            words = re.sub(r"\s+", " ", plain(text.partition(">")[2].replace("</", " </")))
            entries.append([page.title, plain(heading).removesuffix("#").strip(), f"{page.target}#{anchor}", words])
    return "window.searchIndex=" + json.dumps(entries, ensure_ascii=False, separators=(",", ":")) + ";\n"


def write(out, pages, groups, links):
    """Everything into a folder beside OUT, which then takes its place."""
    template = (HERE / "page.html").read_text(encoding="utf-8")
    fresh = out.with_name(out.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for page in pages:
        file = fresh / page.target
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(frame(template, page, pages, groups), encoding="utf-8")
    for name, source in sorted(links.files.items()):
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, fresh / name)
    for name in SITE_FILES:
        shutil.copyfile(HERE / name, fresh / name)
    (fresh / "search.js").write_text(search_index(pages), encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    fresh.rename(out)


def main():
    out, manual = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    root = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else HERE.parents[1]).resolve()
    if not list(manual.glob("*.adoc")):
        print(f"{manual}: no pages of the manual: build the target man, with asciidoctor", file=sys.stderr)
        return 1
    groups, faults = read_navigation(root, manual)
    pages = [page for _, members in groups for page in members]
    for page in pages:
        if page.target.startswith("commands/"):
            page.body = link_manual(page)
    links = Links(root, pages)
    for page in pages:
        name_links(page, lambda link, page=page: links.title(page, link))
        rewrite_links(page, lambda link, page=page: links.resolve(page, link))
    faults += links.faults
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 1
    write(out, pages, groups, links)
    return 0


if __name__ == "__main__":
    sys.exit(main())
