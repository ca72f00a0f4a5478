package webdav

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// clients are those that are there: gio belongs to the desktop and needs no rights,
// davfs2 needs root.
func clients() []client {
	var list []client
	if installed("gio") && os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		list = append(list, client{"gio", mountGio})
	}
	if installed("mount.davfs") && os.Geteuid() == 0 {
		list = append(list, client{"davfs2", mountDavfs})
	}
	return list
}

// mountGio mounts the drive for this person's desktop.
func mountGio(ctx context.Context, address string) (*Mounted, error) {
	dav := "dav" + strings.TrimPrefix(address, "http")
	if _, err := run(ctx, "", "gio", "mount", dav); err != nil {
		return nil, err
	}
	m := &Mounted{
		Where: dav,
		show:  []string{"gio", "open", dav},
		unmount: func(ctx context.Context) error {
			_, err := run(ctx, "", "gio", "mount", "-u", dav)
			return err
		},
	}
	if dir := gvfsFolder(ctx, address); dir != "" {
		m.Where, m.Limited = dir, true // for programs that know files only
	}
	return m, nil
}

// gvfsPatience is how long gvfs may take to show a drive as a folder.
const gvfsPatience = 2 * time.Second

// gvfsFolder is where gvfs shows a drive as a folder, if it does: some desktops have no
// gvfs-fuse, and root has none.
func gvfsFolder(ctx context.Context, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	name := fmt.Sprintf("dav:host=%s,port=%s,ssl=false,prefix=%s", u.Hostname(), u.Port(), url.PathEscape(strings.TrimSuffix(u.Path, "/")))
	all := filepath.Join(cmp.Or(os.Getenv("XDG_RUNTIME_DIR"), filepath.Join("/run/user", strconv.Itoa(os.Getuid()))), "gvfs")
	if _, err := os.Stat(all); err != nil {
		return ""
	}
	dir := filepath.Join(all, name)
	for began := time.Now(); time.Since(began) < gvfsPatience && ctx.Err() == nil; {
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	return ""
}

// davfsConfig keeps what davfs2 caches in memory, and has the token, which so is neither
// in the address that everybody sees of what is mounted nor among the arguments.
// Newer kernels ask for more of a folder at once than its buffer holds by default. It waits
// for an answer as long as the stick takes: after half a minute, its default, programs got an
// I/O error for a large file or a slow stick. A server that is gone it notices at once.
const davfsConfig = "ask_auth 0\nbuf_size 1024\nread_timeout 86400\nuse_locks 1\ndelay_upload 0\nif_match_bug 0\ncache_dir %s\nadd_header Authorization \"Basic %s\"\n"

// mountDavfs mounts the drive on a folder with davfs2.
func mountDavfs(ctx context.Context, address string) (_ *Mounted, err error) {
	public, token, err := withoutToken(address)
	if err != nil {
		return nil, err
	}
	removeDavfsLeftovers(ctx)
	work, err := os.MkdirTemp(davfsFolder, fmt.Sprintf("%s%d-", davfsPrefix, os.Getpid()))
	if err != nil {
		return nil, err
	}
	remove := func() error { return os.RemoveAll(work) }
	defer func() {
		if err != nil {
			err = errors.Join(err, remove())
		}
	}()
	dir, cache, config := filepath.Join(work, "drive"), filepath.Join(work, "cache"), filepath.Join(work, "davfs2.conf")
	for _, d := range []string{dir, cache} {
		if err := os.Mkdir(d, 0o700); err != nil {
			return nil, err
		}
	}
	if err := giveDavfs(work, cache); err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, fmt.Appendf(nil, davfsConfig, cache, base64.StdEncoding.EncodeToString([]byte(":"+token))), 0o600); err != nil {
		return nil, err
	}
	if _, err := run(ctx, "", "mount.davfs", "-o", "conf="+config, public, dir); err != nil {
		return nil, err
	}
	return &Mounted{
		Where: dir,
		show:  []string{"xdg-open", dir},
		unmount: func(ctx context.Context) error {
			_, err := run(ctx, "", "umount", dir) // which writes what is still in the cache
			return err
		},
		cache:   cache,
		keep:    func() error { return os.WriteFile(filepath.Join(work, davfsKept), nil, 0o600) },
		remove:  remove,
		holders: func() []string { return holders(dir) },
		slow:    true,
	}, nil
}

// withoutToken takes the token out of an address.
func withoutToken(address string) (public, token string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "", err
	}
	token = strings.Trim(u.Path, "/")
	u.Path = "/"
	return u.String(), token, nil
}

// giveDavfs lets the user that davfs2 runs as have the folder for its cache.
func giveDavfs(work, cache string) error {
	u, err := user.Lookup("davfs2")
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return err
	}
	if err := os.Chown(cache, 0, gid); err != nil {
		return err
	}
	if err := os.Chmod(cache, 0o775); err != nil { // it insists on its group's rights
		return err
	}
	return os.Chmod(work, 0o711)
}
