"""What a printed rate of duty says: its kind and its ad valorem part."""

import re
from decimal import Decimal
from fractions import Fraction

# A percentage, perhaps with a vulgar fraction: "5.3%", "33 1/3%".
PERCENT = re.compile(r"(\d+(?:\.\d+)?)(?:\s+(\d+)/(\d+))?\s*%")
# An amount of money per unit: "4.4¢/kg", "$1.035/kg", "43¢ each".
AMOUNT = re.compile(r"(?:\$\s*\d|\d\s*¢)")
# After a percentage: it stands on a part of the value, not on the whole.
PART_OF_VALUE = re.compile(r"%\s*on\s+(?!the entire set)", re.IGNORECASE)
# Rates that only another line of the schedule can tell.
ELSEWHERE = re.compile(r"^(The rate|See )", re.IGNORECASE)


def clean(text):
    """Take off the mark-up and the stray signs of single archives; the words stay as printed."""
    text = re.sub(r"<[^>]*>", "", text or "")
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"(?<=%)\s*/$", "", text)


def fraction_text(match):
    """Turn a percentage into a decimal fraction: exact where it ends, else as many digits as a double holds."""
    whole, numerator, denominator = match.groups()
    if numerator:
        value = (Fraction(whole) + Fraction(int(numerator), int(denominator))) / 100
        return repr(float(value))
    value = Decimal(whole) / 100
    return format(value.normalize(), "f")


def parse(text):
    """Return (kind, ad valorem part as text) of a rate already cleaned.

    A percentage on a part of the value (case, battery, lead content) is no fraction of the customs value, so such a duty is
    `specific`: its text is carried and only a known ad valorem equivalent makes it a number.
    """
    if not text:
        return "unknown", ""
    if re.match(r"^Free\b", text, re.IGNORECASE):
        return "free", "0"
    if ELSEWHERE.match(text):
        return "unknown", ""
    percents = list(PERCENT.finditer(text))
    amount = AMOUNT.search(text) is not None
    if PART_OF_VALUE.search(text):
        return "specific", ""
    if amount and not percents:
        return "specific", ""
    if amount and len(percents) == 1:
        return "compound", fraction_text(percents[0])
    if len(percents) == 1 and re.fullmatch(r"[\d\s./]+%( on the entire set)?", text):
        return "ad_valorem", fraction_text(percents[0])
    return "unknown", ""


def signature(text):
    """What must differ for a rate to count as changed: its kind and figures, not its spelling."""
    kind, rate = parse(text)
    figures = tuple(re.findall(r"\d+(?:\.\d+)?", re.sub(r"/m[23]", "/m", text)))
    return kind, rate, figures
