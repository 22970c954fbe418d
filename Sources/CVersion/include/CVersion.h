#ifndef CVERSION_H
#define CVERSION_H

/// The commit that the program was built from; empty where the build was not told.
const char *_Nonnull solti_commit(void);

#endif
