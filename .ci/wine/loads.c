// loads LIBRARY… loads libraries by their names, as a careless program does: what the planted ones
// are seen to do with it, they would do in any. For tests only.
#include <windows.h>

int wmain(int n, wchar_t **names) {
	for (int i = 1; i < n; i++) LoadLibraryW(names[i]);
	return 0;
}
