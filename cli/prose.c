#include "prose.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

enum { WIDTH_LEAST = 40, WIDTH_USUAL = 80, HANG = 2 };

size_t terminal_width(int descriptor)
{
    struct winsize size;
    const char *set = getenv("COLUMNS");
    if (isatty(descriptor) != 1) {
        return 0;
    }
    unsigned long columns = set == NULL ? 0 : strtoul(set, NULL, 10);
    if (columns == 0 && ioctl(descriptor, TIOCGWINSZ, &size) == 0) {
        columns = size.ws_col;
    }
    return columns == 0 ? WIDTH_USUAL : columns < WIDTH_LEAST ? WIDTH_LEAST : columns;
}

/* Bytes of a colour's escape sequence that begins here; 0: none does. */
static size_t escape_size(const char *text, size_t size)
{
    if (size < 2 || text[0] != '\033' || text[1] != '[') {
        return 0;
    }
    for (size_t i = 2; i < size; i++) {
        if (text[i] >= '@' && text[i] <= '~') {
            return i + 1;
        }
    }
    return 0;
}

size_t prose_width(const char *text, size_t size)
{
    size_t width = 0;
    mbstate_t state = {0};
    for (size_t at = 0, bytes; at < size; at += bytes) {
        wchar_t character = L'?';
        bytes = escape_size(text + at, size - at);
        if (bytes > 0) {
            continue;
        }
        bytes = mbrtowc(&character, text + at, size - at, &state);
        if (bytes == 0 || bytes > size - at) {
            bytes = 1; /* not a text of this locale: a column a byte */
            state = (mbstate_t){0};
        }
        int columns = wcwidth(character);
        width += columns > 0 ? (size_t)columns : 0;
    }
    return width;
}

static size_t count_spaces(const char *text, size_t size)
{
    size_t count = 0;
    while (count < size && text[count] == ' ') {
        count++;
    }
    return count;
}

static size_t word_size(const char *text, size_t size)
{
    const char *space = memchr(text, ' ', size);
    return space == NULL ? size : (size_t)(space - text);
}

/* As much of a word as fits, up to a mark where it may be broken; all of it when there is none. */
static size_t size_that_fits(const char *word, size_t size, size_t room)
{
    size_t fits = 0;
    for (size_t i = 0; i + 1 < size && (fits == 0 || prose_width(word, i + 1) <= room); i++) {
        fits = word[i] == ';' || word[i] == ',' ? i + 1 : fits;
    }
    return fits > 0 ? fits : size;
}

/* Where what goes on below begins; below 0: two columns further right than the line. */
static size_t indent_of(const char *line, size_t size, size_t width, size_t below)
{
    size_t indent = count_spaces(line, size) + HANG;
    if (below > 0 && 3 * below <= 2 * width) {
        return below;
    }
    return indent < width / 2 ? indent : HANG;
}

/* As many spaces as leave room for the word, unless it is wider than everything. */
static size_t spaces_before(size_t spaces, size_t wide, size_t width)
{
    return wide <= width && spaces + wide > width ? width - wide : spaces;
}

static void wrap_line(struct sink *sink, const char *line, size_t size, size_t width, size_t indent)
{
    size_t used = 0;
    for (size_t at = 0; at < size;) {
        size_t spaces = count_spaces(line + at, size - at);
        const char *word = line + at + spaces;
        size_t bytes = word_size(word, size - at - spaces), wide = prose_width(word, bytes);
        bool below = used > 0 && used + spaces + wide > width;
        if (wide > width - indent) {
            bytes =
                size_that_fits(word, bytes, below || used + spaces >= width ? width - indent : width - used - spaces);
            wide = prose_width(word, bytes);
            below = used > 0 && used + spaces + wide > width;
        }
        size_t before = below || used == 0 ? spaces_before(below ? indent : spaces, wide, width) : spaces;
        sink_format(sink, "%s%*s", below ? "\n" : "", (int)before, "");
        sink_bytes(sink, word, bytes);
        used = (below ? 0 : used) + before + wide;
        at += spaces + bytes;
    }
}

static void wrap(struct sink *sink, const char *text, size_t size, size_t width, size_t below)
{
    while (size > 0) {
        const char *newline = memchr(text, '\n', size);
        size_t length = newline == NULL ? size : (size_t)(newline - text);
        if (width == 0) {
            sink_bytes(sink, text, length);
        } else {
            wrap_line(sink, text, length, width, indent_of(text, length, width, below));
        }
        length += newline != NULL;
        if (newline != NULL) {
            sink_text(sink, "\n");
        }
        text += length;
        size -= length;
    }
}

void prose_wrap(struct sink *sink, const char *text, size_t size, size_t width)
{
    wrap(sink, text, size, width, 0);
}

void prose_flush_below(struct sink *prose, struct sink *sink, size_t width, size_t below)
{
    sink->failed = sink->failed || prose->failed;
    wrap(sink, prose->bytes, prose->used, width, below);
    sink_release(prose);
}

void prose_flush(struct sink *prose, struct sink *sink, size_t width)
{
    prose_flush_below(prose, sink, width, 0);
}
