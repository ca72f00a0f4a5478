// Package syslibs has the programs load libraries from the system's own folder only.
//
// A program on a stick lies beside whatever else somebody puts there, and Windows looks for a library
// beside the program first, and in the folder where it was started last. Two things keep such a library from
// being run: what a program imports when it is loaded is among the few that Windows itself takes from its
// folder whatever lies elsewhere (KnownDLLs), and whatever it, its toolkit or a library asks for later is sought there
// and nowhere else. A test reads the first from the programs, another plants libraries and sees none run.
//
// It does not protect against whoever changes the program itself, or the system's folder.
package syslibs
