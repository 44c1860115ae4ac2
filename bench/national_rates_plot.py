"""The picture of national_rates.py: one panel per partner, one bar per day, stacked by authority. Plain SVG."""

COLOURS = {
    "base_rate": "#9aa0a6", "section_232": "#c0553b", "section_301": "#e0a030", "ieepa_fentanyl": "#7b5ea7",
    "ieepa_reciprocal": "#3b7dbd", "section_122": "#5fb0a5", "section_201": "#a3754a", "section_338": "#b04a80", "other": "#4d6b3c",
}  # fmt: skip
NAMES = {
    "base_rate": "column 1", "section_232": "Section 232", "section_301": "Section 301", "ieepa_fentanyl": "IEEPA fentanyl",
    "ieepa_reciprocal": "IEEPA reciprocal", "section_122": "Section 122", "section_201": "Section 201", "section_338": "Section 338",
    "other": "other orders",
}  # fmt: skip
COLUMNS, PANEL_WIDTH, PANEL_HEIGHT, LEFT, TOP, GAP_X, GAP_Y = 6, 210, 130, 50, 104, 44, 78
STEPS = (0.1, 0.2, 0.5)


def text(x, y, content, size=11, anchor="start", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" {extra}>{content}</text>'


def scale_of(bars):
    """Return (top of the axis, distance of its lines): the same for all partners that fit it."""
    highest = max(sum(max(rate, 0) for rate in bar) for bar in bars)
    step = next((step for step in STEPS if highest <= 4.5 * step), STEPS[-1])
    return max(step * -(-highest // step), 4 * step), step


def draw_axes(x, y, top, step, partner):
    parts = [text(x, y - 8, partner, 13, extra='font-weight="bold"')]
    for i in range(round(top / step) + 1):
        at = y + PANEL_HEIGHT * (1 - i * step / top)
        parts.append(f'<path d="M{x:.1f} {at:.1f}h{PANEL_WIDTH}" stroke="#ddd"/>')
        parts.append(text(x - 5, at + 4, f"{100 * i * step:.0f} %", 10, "end"))
    return parts


def draw_bars(x, y, top, names, bars):
    width = PANEL_WIDTH / len(bars)
    parts = []
    for column, bar in enumerate(bars):
        foot = y + PANEL_HEIGHT
        for name, rate in zip(names, bar):
            height = PANEL_HEIGHT * max(rate, 0) / top
            if height >= 0.05:
                foot -= height
                left = x + column * width + 1
                parts.append(f'<rect x="{left:.1f}" y="{foot:.2f}" width="{width - 2:.1f}" height="{height:.2f}" fill="{COLOURS[name]}"/>')
    return parts


def draw_days(x, y, days):
    width = PANEL_WIDTH / len(days)
    parts = []
    for column, day in enumerate(days):
        at, foot = x + (column + 0.5) * width + 3, y + PANEL_HEIGHT + 8
        parts.append(text(at, foot, day[2:], 8.5, "end", f'transform="rotate(-90 {at:.1f} {foot:.1f})"'))
    return parts


def draw_legend(names):
    parts, x = [], LEFT
    for name in names:
        parts.append(f'<rect x="{x}" y="52" width="12" height="12" fill="{COLOURS[name]}"/>')
        parts.append(text(x + 17, 62, NAMES[name]))
        x += 128
    return parts


def plot(path, days, names, partners):
    """Write the picture. partners: {name: [[rate per authority, ...] per day]}."""
    used = [i for i in range(len(names)) if any(bar[i] > 0 for bars in partners.values() for bar in bars)]
    names = [names[i] for i in used]
    rows = -(-len(partners) // COLUMNS)
    width = LEFT + COLUMNS * (PANEL_WIDTH + GAP_X)
    height = TOP + rows * (PANEL_HEIGHT + GAP_Y) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="DejaVu Sans, Helvetica, Arial, sans-serif" fill="#333">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        text(LEFT, 28, "Average US duty by origin, weighted by the US imports of 2024: % of customs value on the day", 17),
        *draw_legend(names),
    ]
    for i, (partner, bars) in enumerate(partners.items()):
        x, y = LEFT + i % COLUMNS * (PANEL_WIDTH + GAP_X), TOP + i // COLUMNS * (PANEL_HEIGHT + GAP_Y)
        bars = [[bar[i] for i in used] for bar in bars]
        top, step = scale_of(bars)
        parts += draw_axes(x, y, top, step, partner) + draw_bars(x, y, top, names, bars) + draw_days(x, y, days)
    with open(path, "w", encoding="utf-8") as stream:
        print(*parts, "</svg>", sep="\n", file=stream)
