"""Public headers into reference pages: every block (a docstring and the declarations below it) with names that may be linked to."""

import html
import re

DECLARED = re.compile(r"#define\s+(TOL_\w+)|^(?:enum|struct|typedef\s+\w+)\s+(tol_\w+)\s*[{;]|^typedef\s.*?\b(tol_\w+);|\b(tol_\w+)\(", re.MULTILINE)
VALUE = re.compile(r"(?:^|[{,])\s*(TOL_[A-Z0-9_]+)\b(?=\s*(?:,|=|}|$))", re.MULTILINE)
COMMENT = re.compile(r"\A/\*(.*?)\*/\n?", re.DOTALL)


def public_part(text):
    """What stands between the pragmas that export, and the line about the whole file."""
    about = COMMENT.match(text)
    begin = text.index("#pragma GCC visibility push(default)\n") + len("#pragma GCC visibility push(default)\n")
    return words(about.group(1)) if about else "", text[begin:text.index("#pragma GCC visibility pop")]


def blocks(text):
    """Pieces between blank lines; a piece goes on while a brace is open."""
    piece = []
    depth = 0
    for line in text.split("\n") + [""]:
        if not line.strip() and depth == 0:
            if piece:
                yield "\n".join(piece)
            piece = []
        else:
            piece.append(line)
            code = re.sub(r"/\*.*?\*/", "", line)
            depth += code.count("{") - code.count("}")


def words(comment):
    """The text of a comment without its stars; lines that are set in stay lines of their own."""
    return re.sub(r"^[ \t]*\* ?", "", comment, flags=re.MULTILINE).strip()


def docstring(text):
    """Paragraphs; lines set in by more than one blank are a formula or a table."""
    out = ""
    for line in text.split("\n"):
        if line.startswith("  ") or not line.strip():
            out += "\n" + line
        else:
            out += (" " if out and not out.endswith("\n") else "") + line.strip()
    parts = re.split(r"\n\n+|\n(?=  )", out.strip())
    return "".join(f"<pre>{html.escape(part)}</pre>" if part.startswith("  ") else f"<p>{html.escape(part.strip())}</p>" for part in parts if part.strip())


def names_of(code):
    """Names that a block declares: functions, types, constants."""
    bare = re.sub(r"/\*.*?\*/", "", code, flags=re.DOTALL)
    names = [next(name for name in match if name) for match in DECLARED.findall(bare)]
    return list(dict.fromkeys(names + VALUE.findall(bare)))


def render(name, text):
    """HTML of a header, and the names that are declared in it."""
    about, public = public_part(text)
    body = f"<h1>{html.escape(name)}</h1>{docstring(about)}<p><code>#include &lt;{html.escape(name)}&gt;</code></p>"
    all_names = []
    for block in blocks(public):
        comment = COMMENT.match(block)
        code = block[comment.end():] if comment else block
        names = [found for found in names_of(code) if found not in all_names]
        if not code.strip():  # a comment that stands for itself heads what follows
            body += docstring(words(comment.group(1)))
            continue
        all_names += names
        if names:
            body += f'<h2 id="{names[0]}"><code>{names[0]}</code></h2>' + "".join(f'<span id="{other}"></span>' for other in names[1:])
        body += docstring(words(comment.group(1))) if comment else ""
        body += f'<pre class="c">{html.escape(code.strip(chr(10)))}</pre>'
    return body, all_names


def cross_link(body, where, relative_to):
    """Names of the library, in code and text, lead to where they are declared. where: name -> address."""
    def link(match):
        name = match.group(0)
        return f'<a href="{relative_to(where[name])}">{name}</a>' if name in where else name

    parts = re.split(r"(<h[12].*?</h[12]>|<[^>]+>)", body, flags=re.DOTALL)
    return "".join(part if part.startswith("<") else re.sub(r"\b(?:tol|TOL)_\w+", link, part) for part in parts)
