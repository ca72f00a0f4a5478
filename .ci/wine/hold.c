// hold FILE PROGRAM ARGUMENT… runs a program while FILE is open here and shared with
// nobody, as Word has a document open, and ends with the program's exit code.
// For tests only. The arguments must have no spaces.
#include <process.h>
#include <stdio.h>
#include <windows.h>

int wmain(int n, wchar_t **words) {
	if (n < 3) return 99;
	HANDLE file = CreateFileW(words[1], GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	if (file == INVALID_HANDLE_VALUE) {
		fwprintf(stderr, L"hold: cannot open %ls: error %lu\n", words[1], GetLastError());
		return 99;
	}
	intptr_t code = _wspawnv(_P_WAIT, words[2], (const wchar_t *const *)(words + 2));
	CloseHandle(file);
	return (int)code;
}
