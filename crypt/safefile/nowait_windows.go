package safefile

// NoWait is the flag for opening a file that keeps opening a pipe from waiting for its
// other end. Windows has no pipes in folders.
const NoWait = 0
