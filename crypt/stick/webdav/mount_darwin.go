package webdav

import (
	"context"
	"errors"
	"os"
)

func clients() []client { return []client{{"mount_webdav", mountWebDAV}} }

// mountWebDAV mounts the drive on a folder of this person's, which needs no rights.
func mountWebDAV(ctx context.Context, address string) (*Mounted, error) {
	dir, err := os.MkdirTemp("", "stowage-drive-")
	if err != nil {
		return nil, err
	}
	if _, err := run(ctx, "", "/sbin/mount_webdav", "-S", "-v", "Stowage", address, dir); err != nil {
		return nil, errors.Join(err, os.Remove(dir))
	}
	return &Mounted{
		Where: dir,
		show:  []string{"/usr/bin/open", dir},
		unmount: func(ctx context.Context) error {
			if _, err := run(ctx, "", "/sbin/umount", dir); err != nil {
				return err
			}
			return os.Remove(dir)
		},
	}, nil
}
