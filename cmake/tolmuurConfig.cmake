# find_package(tolmuur): the target tolmuur::tolmuur.
include(${CMAKE_CURRENT_LIST_DIR}/tolmuurTargets.cmake)
