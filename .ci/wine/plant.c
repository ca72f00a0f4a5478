// A library that somebody plants: once it is loaded, a file called as it is with ".ran" after it
// lies beside it. For tests only.
#include <windows.h>

BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, LPVOID reserved) {
	(void)reserved;
	wchar_t name[MAX_PATH + 8];
	if (reason == DLL_PROCESS_ATTACH && GetModuleFileNameW(self, name, MAX_PATH)) {
		lstrcatW(name, L".ran");
		HANDLE mark = CreateFileW(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
		if (mark != INVALID_HANDLE_VALUE) CloseHandle(mark);
	}
	return TRUE;
}
