// Package webdav shows an open stick to every program of the computer as a drive:
// WebDAV on the loopback interface, mounted by the system's own client, so that no
// rights are needed and nothing is installed.
//
// # What is promised
//
//   - A file with content, and a move, are answered for once they are in a layer on the
//     stick, not before. An upload that breaks off leaves nothing, and the file that was
//     there stays.
//   - What is nobody's content is answered for at once: an empty file, a new folder, a
//     deletion, a time that Windows notes. It is written two seconds later, or before that
//     with the next file that is stored or moved, or when the drive is closed, all of it
//     together, so that a new file takes one layer and many deletions take one. A stick
//     that is pulled out before has what was there, and nothing else is missing.
//   - Nothing decrypted is written to a disk by this program: what is read goes to
//     the client from memory, and what is written is kept encrypted, under a key
//     that exists only in memory, until it is stored.
//   - Memory does not grow with the size of files.
//   - Only who knows the address finds anything: it holds 160 random bits, and is
//     compared in constant time. Requests that name another host are refused, so
//     that no web page can reach the drive by rebinding a name to the loopback
//     address, and so is every request of a page in a browser; pages opened from the
//     drive run no scripts.
//   - Closing waits for what is being stored.
//   - What a client sent and the stick did not take is remembered ([Drive.Failed]), and
//     tried again if it was answered for.
//
// # What is not promised
//
//   - The system's client may keep copies of what it shows in a cache of its own
//     (Windows' WebClient does; for davfs2 the cache is put into memory). What that
//     writes is out of this program's hands.
//   - Programs of the same person can ask the system for the address and read the
//     drive while it is open, as they can read a drive that is mounted.
//   - The system's command for mounting is given the address as an argument, but
//     for davfs2, whose settings have the token. Other people on the same computer may
//     see it there; on Linux their processes are refused all the same, on Windows where
//     it says whose they are, on macOS not.
//   - What Windows notes of a file's time becomes the file's up to 8 MiB only, where it
//     is noted after the content.
//   - Locks and properties are kept in memory and are gone when the drive is closed.
//     So are the files that systems strew about: .DS_Store, Thumbs.db and their kind
//     never reach the stick.
//
// Everything exported is safe for concurrent use.
package webdav
