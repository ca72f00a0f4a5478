package checkin

import (
	"context"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school/issue"
)

// carryDirectory gives a stick the newest directory, unless it has it: away from
// school, who opens the stick knows from it whose keys are blocked and what is lost.
// It is encrypted to the holder's key, since it names everybody. put is nil for a
// stick that cannot be written; one that is full stays without.
func carryDirectory(ctx context.Context, s School, drive stick.FS, put func([]byte) error, d devices.Device, seen *Result) error {
	if put == nil || d.Holder == "" {
		return nil
	}
	directory, err := s.Directory()
	if err != nil {
		return err
	}
	have, err := stick.Directories(drive)
	if err != nil {
		return err
	}
	altered, err := stick.DirectoryAltered(drive)
	if err != nil {
		return err
	}
	if len(have) == 1 && !altered && d.Seen.At.After(directory.Published) {
		seen.Directory = true // given to it the last time
		return nil
	}
	key, ok, err := s.Register().CurrentKey(ctx, d.Holder)
	if err != nil || !ok {
		return err
	}
	seen.Directory, err = issue.PutDirectory(s, put, key, directory.Recovery)
	return err
}
