#include "tolmuur/status.h"
