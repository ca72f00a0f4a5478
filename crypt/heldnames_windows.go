package crypt

import "golang.org/x/sys/windows"

// nameErrors are what the system says of a name that a folder does not take.
var nameErrors = []error{
	windows.ERROR_INVALID_NAME, windows.ERROR_BAD_PATHNAME, windows.ERROR_FILENAME_EXCED_RANGE, windows.ERROR_INVALID_PARAMETER,
	windows.ERROR_FILE_NOT_FOUND, windows.ERROR_PATH_NOT_FOUND,
}
