package runnable

// Mark says of a file on this computer that it came from elsewhere, so that the programs that open it are careful:
// on Windows the mark of the web, for which Office runs no macros, and on macOS quarantine. Where the drive
// has no place for it, as FAT, and on systems that know none, it does nothing. It may change the file's time.
func Mark(path string) { mark(path) }
