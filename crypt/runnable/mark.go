package runnable

import "os"

// Marker marks a file below a folder that is open as coming from elsewhere. [Mark] is the one of the products.
type Marker func(in *os.Root, name string)

// Mark says of a file that it came from elsewhere, so that the programs that open it are careful: on Windows
// the mark of the web, for which SmartScreen asks before a program is run and Office runs no macros, and on
// macOS quarantine. The file keeps it when it is renamed. Where the drive has no place for it, as FAT has none,
// and on other systems, it does nothing. It may change the file's time, and reaches nothing outside the folder.
func Mark(in *os.Root, name string) { mark(in, name) }
