#!/usr/bin/env python3
"""On a terminal: tables are as wide as it is, whatever its width, say what they left out, and have all the numbers that a pipe gets; bars are in proportion."""

import fcntl
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios

PROGRAM = os.path.abspath(sys.argv[1])
WIDTHS = (40, 60, 80, 100, 132, 200, 4000)
BARS = "▏▎▍▌▋▊▉█"

RATE_80 = """\
8703230190 from Germany into US on 2025-08-10

authority         verdict     adds  why                    source
mfn                         2.50 %                         HTSUS 2025 basic
section_232       apply    12.50 %  in force               9903.94.50;
                                                           9903.94.51; notice of
                                                           2025-09-25; 90 FR
                                                           46136
ieepa_reciprocal  skip      0.00 %  yields to another      9903.02.19;
                                    programme: s232_autos  9903.02.20; EO 14326;
                                                           90 FR 37963; ended by
                                                           EO of 2026-02-20
total                      15.00 %
(not shown, for want of width: share, stated, programme)
"""


def on_pipe(folder, *words):
    return subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def on_terminal(folder, width, *words, talk=False):
    """What is printed on stdout, or, as talk, on stderr."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    running = subprocess.Popen([PROGRAM, *words], cwd=folder, stdout=subprocess.DEVNULL if talk else theirs,
                               stderr=theirs if talk else subprocess.DEVNULL, env={**environment, "NO_COLOR": "1"})
    os.close(theirs)
    printed = b""
    while True:
        try:
            some = os.read(ours, 65536)
        except OSError:  # Linux: nobody writes any more
            break
        printed += some
        if not some:
            break
    assert running.wait(timeout=60) == 0, words
    os.close(ours)
    return printed.decode().replace("\r\n", "\n")


def numbers(text):
    return sorted(re.findall(r"-?\d[\d,.]*\d", text.replace("|-", "  ").replace("`-", "  ")))


def check(folder, *words, widths=WIDTHS):
    piped = on_pipe(folder, *words)
    assert not any(bar in piped for bar in BARS), "a bar on a pipe"
    for width in widths:
        printed = on_terminal(folder, width, *words)
        for line in printed.splitlines():
            # Where not even what cannot be spared fits, a tree keeps it.
            assert len(line) <= max(width, 60), (words, width, line)
        if "(not shown" not in printed and width >= 80:
            assert numbers(printed) == numbers(piped), (words, width, printed)
    without = re.sub(f"[{BARS}]", "", printed).replace("├─", "|-").replace("└─", "`-").replace("│ ", "| ")
    shown, sent = ([" ".join(line.split()) for line in text.splitlines()] for text in (without, piped))
    if words[-1] == "--help":  # a sentence goes on where the page was broken within it
        shown, sent = (re.sub(r"(?<![.\n])\n(?!\n)", " ", "\n".join(lines)) for lines in (shown, sent))
    assert shown == sent, (words, shown, sent)
    return printed


def check_talk(folder, *words):
    """Notes go on below at words, two columns further right, and say what they say elsewhere."""
    said = subprocess.run([PROGRAM, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True).stderr
    assert max(len(line) for line in said.splitlines()) > 80 and all(line.startswith("tolmuur: ") for line in said.splitlines()), said
    timeless = re.compile(r"[0-9.]+ (s|MB)")
    for width in (WIDTHS[0], 80, WIDTHS[-1]):
        printed = re.sub(r"[^\n]*\033\[K", "", on_terminal(folder, width, *words, talk=True))  # progress is drawn over itself
        lines = printed.splitlines()
        assert all(len(line) <= width and line.startswith(("tolmuur: ", "  ")) for line in lines), (words, width, printed)
        # As full as can be: no first word of a line would have fitted on the line before.
        assert not any(len(line) + 1 + len(below.split()[0]) <= width for line, below in zip(lines, lines[1:]) if below.startswith("  ")), (words, width, printed)
        joined = re.sub("\n {2}", " ", printed)
        assert timeless.sub("", joined) == timeless.sub("", said), (words, width, printed)


def bar_length(text):
    return sum(8 - "█▉▊▋▌▍▎▏".index(character) for character in text if character in BARS)


def portfolio(folder, value):
    folder.mkdir()
    (folder / "firms.csv").write_text("firm_id,country,sector,revenue_eur,purchases_eur,ebitda_eur,name\n"
                                      "A1,NL,C25,10000000,4000000,1000000,A metal works with a long name\n"
                                      "B2,DE,C29,80000000,30000000,6000000,\n"
                                      "C3,DE,C24,50000000,,5000000,\n", encoding="utf-8")
    (folder / "sales.csv").write_text("firm_id,hs,destination,value_eur,customer_id\n"
                                      f"A1,7326908688,US,{value},\nA1,7318158066,US,1000000,\nA1,8708996890,DE,2000000,B2\n"
                                      "B2,8703230190,US,20000000,\nC3,7210490091,US,9000000,\n", encoding="utf-8")
    (folder / "purchases.csv").write_text("firm_id,hs,origin,value_eur,supplier_id\nA1,7210490091,DE,2000000,C3\n", encoding="utf-8")


def main():
    with tempfile.TemporaryDirectory() as name:
        os.environ["TOLMUUR_CACHE"] = name
        folder = pathlib.Path(name)
        for book, value in (("p", 3000000), ("q", 4000000)):
            portfolio(folder / book, value)
            on_pipe(folder, "build", book, "-o", f"{book}.book")
            on_pipe(folder, "score", f"{book}.book", "--on", "2025-08-10", "--on", "2026-03-01", "-o", f"{book}.run/")
        rate = on_terminal(folder, 80, "rate", "--into", "US", "--from", "DE", "--hts", "8703230190", "--on", "2025-08-10")
        assert re.sub(r"\nlaw [0-9a-f]{16}\n", "\n", rate) == RATE_80, rate
        check(folder, "rate", "--into", "US", "--from", "CN", "--hts", "8703230190", "--on", "2025-08-10")
        check(folder, "score", "p.book", "--on", "2025-08-10", "--on", "2026-03-01")
        check(folder, "diff", "p.run", "q.run", "--threshold", "0")
        for width, spared in ((100, "score"), (90, "score"), (80, "score, move")):
            printed = on_terminal(folder, width, "diff", "p.run", "q.run", "--threshold", "0")
            assert re.match("firm +scenario .* band +change EUR +law +data +parameter +cause\n", printed), (width, printed)
            assert f"(not shown, for want of width: {spared})\n" in printed, (width, printed)
        check(folder, "law", "list", "--on", "2025-08-10")
        for words in (["--help"], ["score", "--help"], ["law", "check"], ["law", "show", "us_s301_brazil_25"]):
            check(folder, *words, widths=(40, 80, 4000))
        help_page = on_terminal(folder, 80, "score", "--help")
        for name, *text in (("--seed S", "another seed, other draws (default: 1)"),
                            ("--tiers K", "follow named customers and suppliers over at most", "K tiers (default: all)")):
            assert f"\n{'':6}{name:24} " + f"\n{'':31}".join(text) + "\n" in help_page, help_page
        assert "\n--network I/N before them solves the firms' network once for all shards and\n  keeps it in TOLMUUR_CACHE; what it does not find there a shard solves itself.\n" in help_page, help_page
        for words in (["-o", "-"], ["-o", "x.csv", "--stages"]):  # tables that are talk
            for width in WIDTHS[:5]:
                for line in re.sub(r"[^\n]*\033\[K", "", on_terminal(folder, width, "score", "p.book", "--on", "2025-08-10", *words, talk=True)).splitlines():
                    assert len(line) <= width, (words, width, line)
        check(folder, "sectors", "--country", "NL", "--on", "2025-08-10")
        check(folder, "firm", "p.book", "A1", "--on", "2025-08-10", "--draws", "20", widths=(40, 4000))
        check_talk(folder, "score", "p.book", "--on", "2025-08-10", "--on", "2026-03-01", "--draws", "20", "-o", "x.csv")
        for path in ("firm.txt", "diff.txt"):
            words = ["diff", "p.run", "q.run"] if path == "diff.txt" else ["firm", "p.book", "A1", "--on", "2025-08-10"]
            assert on_terminal(folder, 60, *words, "-o", path) == "" and (folder / path).read_text(encoding="utf-8") == on_pipe(folder, *words), path
        tree = check(folder, "firm", "p.book", "A1", "--on", "2025-08-10")
        lengths = {line.split("  ")[0].strip("├─└│ "): bar_length(line) for line in tree.splitlines()}
        assert lengths["sales"] == 64 and 0 < lengths["7326 to US"] <= 64, lengths


main()
