#include <minizip/unzip.h>
#include <stdlib.h>
#include <string.h>

#include "workbook/session.h"

enum { PIECE_BYTES = 1 << 16, HEAD_BYTES = 256, TAIL_BYTES = 64, KEEP = 5 };

/* What was seen of a part. */
struct part {
    uint64_t rows;  /* closing tags of rows */
    uint64_t cells; /* opening tags of cells */
    char head[HEAD_BYTES + 1];
    char tail[TAIL_BYTES + 1];
    size_t head_size;
    size_t tail_size;
};

static void keep_ends(struct part *part, const char *bytes, size_t size)
{
    size_t room = HEAD_BYTES - part->head_size;
    size_t taken = size < room ? size : room;
    memcpy(part->head + part->head_size, bytes, taken);
    part->head_size += taken;
    if (size >= TAIL_BYTES) {
        memcpy(part->tail, bytes + size - TAIL_BYTES, TAIL_BYTES);
        part->tail_size = TAIL_BYTES;
        return;
    }
    size_t kept = part->tail_size + size > TAIL_BYTES ? TAIL_BYTES - size : part->tail_size;
    memmove(part->tail, part->tail + part->tail_size - kept, kept);
    memcpy(part->tail + kept, bytes, size);
    part->tail_size = kept + size;
}

/* In texts and attributes '<' is written as &lt;, so a tag is a tag. bytes: with the KEEP bytes before those that are new; a tag is counted where it ends. */
static void count_tags(struct part *part, const char *bytes, size_t old, size_t size)
{
    const char *end = bytes + old + size;
    for (const char *at = bytes; (at = memchr(at, '<', (size_t)(end - at))) != NULL; at++) {
        size_t left = (size_t)(end - at), begin = (size_t)(at - bytes);
        part->cells += left >= 3 && begin + 3 > old && memcmp(at, "<c ", 3) == 0;
        part->rows += left >= 6 && begin + 6 > old && memcmp(at, "</row>", 6) == 0;
    }
}

/* False: it cannot be read, or its checksum differs. */
static bool read_part(unzFile zip, struct part *part)
{
    char buffer[KEEP + PIECE_BYTES];
    size_t old = 0;
    int got = 0;
    *part = (struct part){0};
    if (unzOpenCurrentFile(zip) != UNZ_OK) {
        return false;
    }
    while ((got = unzReadCurrentFile(zip, buffer + old, PIECE_BYTES)) > 0) {
        size_t size = (size_t)got, all = old + size;
        keep_ends(part, buffer + old, size);
        count_tags(part, buffer, old, size);
        size_t kept = all < KEEP ? all : KEEP;
        memmove(buffer, buffer + all - kept, kept);
        old = kept;
    }
    return unzCloseCurrentFile(zip) == UNZ_OK && got == 0;
}

/* Begins as XML and ends with the tag that closes its root. */
static bool is_closed(const struct part *part)
{
    const char *root = strstr(part->head, "?>");
    root = root == NULL ? NULL : strchr(root, '<');
    if (root == NULL || strncmp(part->head, "<?xml", 5) != 0) {
        return false;
    }
    size_t name = strcspn(root + 1, " />\n");
    size_t size = part->tail_size;
    while (size > 0 && part->tail[size - 1] == '\n') {
        size--;
    }
    return size >= name + 3 && part->tail[size - 1] == '>' && memcmp(part->tail + size - name - 3, "</", 2) == 0 &&
           memcmp(part->tail + size - name - 1, root + 1, name) == 0;
}

static bool parts_are_whole(const struct tol_workbook_session *session, unzFile zip)
{
    size_t sheets = 0;
    int at = unzGoToFirstFile(zip);
    static const char sheet_name[] = "xl/worksheets/sheet";
    for (; at == UNZ_OK; at = unzGoToNextFile(zip)) {
        char name[128];
        struct part part;
        unz_file_info64 about; /* the library wants one */
        if (unzGetCurrentFileInfo64(zip, &about, name, sizeof name, NULL, 0, NULL, 0) != UNZ_OK ||
            !read_part(zip, &part) || !is_closed(&part)) {
            return false;
        }
        if (strncmp(name, sheet_name, sizeof sheet_name - 1) == 0) {
            unsigned long number = strtoul(name + sizeof sheet_name - 1, NULL, 10);
            sheets++;
            if (number < 1 || number > session->sheet_count || part.rows != session->sheet[number - 1].rows ||
                part.cells != session->sheet[number - 1].cells) {
                return false;
            }
        }
    }
    return at == UNZ_END_OF_LIST_OF_FILE && sheets == session->sheet_count;
}

enum tol_status tol_workbook_read_back(const struct tol_workbook_session *session, struct tol_error *error)
{
    unzFile zip = unzOpen64(session->file_name);
    bool whole = zip != NULL && parts_are_whole(session, zip);
    if (zip != NULL) {
        unzClose(zip);
    }
    return whole ? TOL_OK
                 : tol_fail(error, TOL_IO,
                            "cannot write the workbook: what went through temporary files in %s is not whole; is the "
                            "disk full? TMPDIR names another folder",
                            session->folder);
}
