/* SuiteSparse GraphBLAS as a peer of the benchmark: a sparse matrix of lines times a full table (product_pipe.c says what is asked).
 *
 *   graphblas_peer FOLDER THREADS */
#include <GraphBLAS.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"

enum { THINGS_MAX = 32, NAME_SIZE = 64, PATH_SIZE = 4096 };

struct thing {
    char name[NAME_SIZE];
    GrB_Matrix matrix;
};

struct peer {
    const char *folder;
    struct thing thing[THINGS_MAX];
    size_t count;
};

static _Noreturn void refuse(const char *reason)
{
    printf("no: %s\n", reason);
    fflush(stdout);
    exit(EXIT_FAILURE);
}

static void must(GrB_Info info, const char *step)
{
    if (info != GrB_SUCCESS) {
        refuse(step);
    }
}

/* Into memory of malloc, which GraphBLAS takes over. */
static void *load(const struct peer *peer, const char *name, const char *ending, size_t bytes)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s%s", peer->folder, name, ending);
    FILE *file = fopen(path, "rb");
    void *memory = malloc(bytes > 0 ? bytes : 1);
    if (file == NULL || memory == NULL || fread(memory, 1, bytes, file) != bytes) {
        refuse("a flat file is missing, too short or too large");
    }
    fclose(file);
    return memory;
}

static GrB_Matrix *slot(struct peer *peer, const char *name)
{
    if (peer->count == THINGS_MAX) {
        refuse("too many matrices and tables");
    }
    struct thing *thing = &peer->thing[peer->count++];
    snprintf(thing->name, sizeof thing->name, "%s", name);
    return &thing->matrix;
}

static GrB_Matrix find(const struct peer *peer, const char *name)
{
    for (size_t i = 0; i < peer->count; i++) {
        if (strcmp(peer->thing[i].name, name) == 0) {
            return peer->thing[i].matrix;
        }
    }
    refuse("a matrix or table that was not given");
}

static void take_matrix(struct peer *peer, const char *name, GrB_Index rows, GrB_Index columns, GrB_Index entries)
{
    GrB_Index start_bytes = (rows + 1) * sizeof(GrB_Index);
    GrB_Index *start = load(peer, name, ".start", start_bytes);
    uint32_t *narrow = load(peer, name, ".column", entries * sizeof *narrow);
    double *value = load(peer, name, ".value", entries * sizeof *value);
    GrB_Index *column = malloc((entries + 1) * sizeof *column);
    if (column == NULL) {
        refuse("out of memory");
    }
    for (GrB_Index i = 0; i < entries; i++) {
        column[i] = narrow[i];
    }
    free(narrow);
    GrB_Matrix *matrix = slot(peer, name);
    must(GxB_Matrix_import_CSR(matrix, GrB_FP64, rows, columns, &start, &column, (void **)&value, start_bytes,
                               entries * sizeof *column, entries * sizeof *value, false, false, NULL),
         "the matrix was not taken");
}

static void take_table(struct peer *peer, const char *name, GrB_Index rows, GrB_Index columns)
{
    GrB_Index bytes = rows * columns * sizeof(double);
    double *value = load(peer, name, ".table", bytes);
    must(GxB_Matrix_import_FullR(slot(peer, name), GrB_FP64, rows, columns, (void **)&value, bytes, false, NULL),
         "the table was not taken");
}

/* C += A B into a full C of zeros, which is what GraphBLAS does fastest with a full B. Making C is part of the time, as making the product is for others. */
static GrB_Matrix multiply(GrB_Matrix matrix, GrB_Matrix table, double *seconds)
{
    GrB_Matrix product = NULL;
    GrB_Index rows, columns;
    must(GrB_Matrix_nrows(&rows, matrix), "no rows");
    must(GrB_Matrix_ncols(&columns, table), "no columns");
    double start = bench_now_seconds();
    must(GrB_Matrix_new(&product, GrB_FP64, rows, columns), "no product");
    must(GxB_Matrix_Option_set(product, GxB_FORMAT, GxB_BY_ROW), "no product by rows");
    must(GrB_Matrix_assign_FP64(product, NULL, NULL, 0.0, GrB_ALL, rows, GrB_ALL, columns, NULL), "no zeros");
    must(GrB_mxm(product, NULL, GrB_PLUS_FP64, GrB_PLUS_TIMES_SEMIRING_FP64, matrix, table, NULL), "no product");
    must(GrB_Matrix_wait(product, GrB_MATERIALIZE), "no product");
    *seconds = bench_now_seconds() - start;
    return product;
}

static void write_result(const struct peer *peer, GrB_Matrix *product)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/result", peer->folder);
    GrB_Type type;
    GrB_Index rows, columns, bytes;
    double *value = NULL;
    bool same;
    must(GxB_Matrix_export_FullR(product, &type, &rows, &columns, (void **)&value, &bytes, &same, NULL),
         "the product is not full");
    FILE *file = fopen(path, "wb");
    size_t count = rows * columns;
    int failed = same || file == NULL || fwrite(value, sizeof *value, count, file) != count;
    failed |= file != NULL && fclose(file) != 0;
    free(value);
    if (failed) {
        refuse("the result could not be written");
    }
}

enum { WORDS_MAX = 5 };

static double answer(struct peer *peer, char *line)
{
    char *word[WORDS_MAX] = {"", "", "", "", ""}, *rest = NULL;
    unsigned long long number[WORDS_MAX] = {0};
    double seconds = 0;
    size_t count = 0;
    for (char *at = strtok_r(line, " \n", &rest); at != NULL && count < WORDS_MAX; at = strtok_r(NULL, " \n", &rest)) {
        number[count] = strtoull(at, NULL, 10);
        word[count++] = at;
    }
    if (count == 5 && strcmp(word[0], "matrix") == 0) {
        take_matrix(peer, word[1], number[2], number[3], number[4]);
    } else if (count == 4 && strcmp(word[0], "table") == 0) {
        take_table(peer, word[1], number[2], number[3]);
    } else if (count == 3) {
        GrB_Matrix product = multiply(find(peer, word[1]), find(peer, word[2]), &seconds);
        if (strcmp(word[0], "result") == 0) {
            write_result(peer, &product);
        }
        GrB_Matrix_free(&product);
    } else {
        refuse("not understood");
    }
    return seconds;
}

int main(int count, char **arguments)
{
    int threads = count == 3 ? (int)strtol(arguments[2], NULL, 10) : 0;
    if (threads < 1) {
        refuse("usage: graphblas_peer FOLDER THREADS");
    }
    struct peer peer = {.folder = arguments[1]};
    must(GrB_init(GrB_NONBLOCKING), "GraphBLAS does not start");
    must(GxB_Global_Option_set(GxB_GLOBAL_NTHREADS, threads), "no threads");
    printf("SuiteSparse GraphBLAS %d.%d.%d on %d threads\n", GxB_IMPLEMENTATION_MAJOR, GxB_IMPLEMENTATION_MINOR,
           GxB_IMPLEMENTATION_SUB, threads);
    fflush(stdout);
    char line[512];
    while (fgets(line, sizeof line, stdin) != NULL) {
        printf("%.9g\n", answer(&peer, line));
        fflush(stdout);
    }
    for (size_t i = 0; i < peer.count; i++) {
        GrB_Matrix_free(&peer.thing[i].matrix);
    }
    GrB_finalize();
    return 0;
}
