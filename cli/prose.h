/* Sentences on a terminal: lines that are wider than it go on below, at words. Elsewhere they stay as they are. */
#ifndef CLI_PROSE_H
#define CLI_PROSE_H

#include "sink.h"

/* Columns of the terminal behind the descriptor: what COLUMNS says, else what it says itself, and at least 40. 0: no terminal. */
size_t terminal_width(int descriptor);

/* How many columns of a terminal the text takes; colours take none. */
size_t prose_width(const char *text, size_t size);

/* Adds the text to the sink. No line is wider than width (0: any width) but for words that are wider, which are broken only behind ';' or ','; what goes on below
 * stands two columns further right than the line. Spaces in front of a word that would not fit behind them are left out, as many as it needs. */
void prose_wrap(struct sink *sink, const char *text, size_t size, size_t width);

/* The same of what a sink in memory holds, which is released. */
void prose_flush(struct sink *prose, struct sink *sink, size_t width);

/* The same, but what goes on below stands at this column, unless that leaves less than a third of the width. */
void prose_flush_below(struct sink *prose, struct sink *sink, size_t width, size_t column);

#endif
