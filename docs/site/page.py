"""One page of the site: its headings, links, tables and the frame around it."""

import html
import re
import unicodedata

HEADING = re.compile(r"<h([1-6])(?: id=\"([^\"]*)\")?>(.*?)</h\1>", re.DOTALL)
LINK = re.compile(r"(<a[^>]*? href=|<img[^>]*? src=)\"([^\"]*)\"")
TAG = re.compile(r"<[^>]+>")


class Page:
    """Where a page comes from and goes to, and what is in it."""

    def __init__(self, source, target, body, short=None):
        self.source = source  # path in the repository, or the name of what it was generated from
        self.target = target  # path in the site
        self.body, self.headings = with_anchors(body)  # headings: level, id, plain text
        self.title = self.headings[0][2] if self.headings else source
        self.short = short or self.title

    def anchors(self):
        """Every id that a link may name."""
        return set(re.findall(r' id="([^"]+)"', self.body))


def plain(text):
    """HTML without its tags."""
    return html.unescape(TAG.sub("", text)).strip()


def slug(text):
    """The anchor that forges give a heading of this text."""
    kept = [c for c in unicodedata.normalize("NFC", text.lower()) if c in "-_ " or unicodedata.category(c)[0] in "LN"]
    return "".join(kept).replace(" ", "-")


def with_anchors(body):
    """The body with an id on every heading, and the headings."""
    seen = {}
    headings = []

    def anchor(match):
        level, given, text = match.groups()
        name = given or slug(plain(text))
        seen[name] = seen.get(name, -1) + 1
        if seen[name]:
            name = f"{name}-{seen[name]}"
        headings.append((int(level), name, plain(text)))
        return f'<h{level} id="{name}">{text} <a class="anchor" href="#{name}" aria-label="link to this section">#</a></h{level}>'

    return HEADING.sub(anchor, body), headings


def relative(origin, target):
    """The way from one path of the site to another."""
    here, there = origin.split("/")[:-1], target.split("/")
    while here and len(there) > 1 and here[0] == there[0]:
        here, there = here[1:], there[1:]
    return "/".join([".."] * len(here) + there)


def name_links(page, title):
    """A link whose text is the name of a file is called as the page that it leads to, which title(target) knows."""
    def named(match):
        return f"{match.group(1)}{html.escape(title(html.unescape(match.group(2))) or match.group(3))}</a>"

    page.body = re.sub(r'(<a href="([^"]*)">)([\w./-]+\.md)</a>', named, page.body)


def rewrite_links(page, resolve):
    """Puts resolve(target) in the place of every link; None leaves the text without a link."""
    def rewritten(match):
        return f'{match.group(1)}"{html.escape(resolve(html.unescape(match.group(2))) or "@none")}"'

    page.body = re.sub(r'<a href="@none">(.*?)</a>', r"\1", LINK.sub(rewritten, page.body), flags=re.DOTALL)


def scrolling(body):
    """Tables wider than the screen scroll by themselves; both may be reached by keyboard."""
    body = body.replace("<table", '<div class="wide" tabindex="0" role="region" aria-label="table"><table').replace("</table>", "</table></div>")
    return body.replace("<pre>", '<pre tabindex="0">')


def frame(template, page, pages, groups):
    """The whole HTML of a page. groups: title and pages, as they stand in the navigation."""
    def entry(other):
        here = ' aria-current="page"' if other is page else ""
        return f'<li><a href="{relative(page.target, other.target)}"{here}>{html.escape(other.short)}</a></li>'

    navigation = ""
    for title, members in groups:
        is_open = " open" if page in members or len(members) < 16 else ""
        navigation += f"<details{is_open}><summary>{title}</summary><ul>{''.join(map(entry, members))}</ul></details>"
    contents = "".join(f'<li class="level{level}"><a href="#{name}">{html.escape(text)}</a></li>' for level, name, text in page.headings if level in (2, 3))
    at = pages.index(page)
    around = ""
    for rel, other in (("prev", pages[at - 1] if at else None), ("next", pages[at + 1] if at + 1 < len(pages) else None)):
        if other:
            around += f'<a rel="{rel}" href="{relative(page.target, other.target)}">{html.escape(other.short)}</a>'
    values = {
        "title": html.escape(page.title if page.title == "tolmuur" else f"{page.title} · tolmuur"),
        "root": relative(page.target, "x")[:-1],
        "home": relative(page.target, "index.html"),
        "navigation": navigation,
        "contents": f'<nav class="contents" aria-label="On this page"><strong>On this page</strong><ul>{contents}</ul></nav>' if contents else "",
        "body": scrolling(page.body),
        "around": around,
        "source": html.escape(page.source),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match.group(1)], template)
