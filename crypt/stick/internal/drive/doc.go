// Package drive is the file system that a stick is kept on: what is asked of it
// ([FS]), that of a mounted folder ([DirFS]), and the few steps that everything
// on a stick is written and removed with.
//
// It promises that a file it reports as written is durable with its folder, that
// whatever is read is bounded, that no link is followed, and that every error
// says in this package's sentinels what the drive meant. It knows nothing of
// what the files hold.
package drive
