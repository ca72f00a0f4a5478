//go:build cgo

// The toolkit calls one function of opengl32.dll as if Windows had loaded the library with the program.
// Windows would look for it beside the program first, where on a stick anybody may have put another. Here
// the linker finds that function, or rather the pointer through which it is called, before it looks into the
// library, which is then asked for by itself, from the system's folder, when it is first needed.
#include <windows.h>

static PROC WINAPI fromSystem(LPCSTR name) {
	static PROC(WINAPI *volatile real)(LPCSTR);
	if (!real) {
		HMODULE opengl = LoadLibraryExW(L"opengl32.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
		if (!opengl) return NULL;
		real = (PROC(WINAPI *)(LPCSTR))(void *)GetProcAddress(opengl, "wglGetProcAddress");
		if (!real) return NULL;
	}
	return real(name);
}

PROC(WINAPI *__imp_wglGetProcAddress)(LPCSTR) = fromSystem;
