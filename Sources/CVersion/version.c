#include "CVersion.h"

#ifndef SOLTI_COMMIT
#define SOLTI_COMMIT ""
#endif

const char *solti_commit(void) { return SOLTI_COMMIT; }
