#include <criterion/criterion.h>

#include "generate/pick_list.h"
#include "generate/random.h"

/* The known-answer vectors that come with the published Philox 4x32-10: all zeros, all ones, digits of pi. A draw lays its counter out as
 * index, stream, entity (two words), and its key as the seed (two words). */
Test(demo_random, gives_the_published_numbers)
{
    static const struct {
        uint64_t seed, entity;
        uint32_t stream, index, expected[4];
    } vector[] = {
        {0, 0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {UINT64_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {0x299f31d0a4093822,
         0x0370734413198a2e,
         0x85a308d3,
         0x243f6a88,
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof vector / sizeof vector[0]; i++) {
        struct draw draw =
            draw_at(vector[i].seed, (enum draw_stream)vector[i].stream, vector[i].entity, vector[i].index);
        for (int word = 0; word < 4; word++) {
            cr_assert_eq(draw.word[word], vector[i].expected[word], "vector %zu word %d", i, word);
        }
    }
}

Test(demo_random, pick_follows_the_running_sums)
{
    static const uint64_t upto[] = {1, 4, 4 + 5, 10};
    static const size_t expected[] = {0, 1, 1, 1, 2, 2, 2, 2, 2, 3};
    for (uint64_t point = 0; point < 10; point++) {
        cr_assert_eq(tol_pick_position(upto, 4, point), expected[point], "point %d", (int)point);
    }
    cr_assert_eq(tol_pick_position(upto, 1, 0), 0);
}
