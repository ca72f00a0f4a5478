package layer

import (
	"slices"
	"strings"
)

// children are what a folder holds, sorted by name. Most come in order and are added at the end;
// the others wait in a second list until it is worth merging, so that no order in which they come
// takes long. What was removed stays in its place, gone, until half is.
type children struct {
	sorted, late []*Node
	gone         int
}

// lateChildren is how many wait at least until they are merged.
const lateChildren = 512

func byNodeName(n *Node, name string) int { return strings.Compare(n.Name(), name) }

// slot returns where a name stands, also one that is gone, or nil.
func (c *children) slot(name string) **Node {
	if n := len(c.sorted); n == 0 || c.sorted[n-1].Name() < name {
		if len(c.late) == 0 {
			return nil
		}
	} else if i, ok := slices.BinarySearchFunc(c.sorted, name, byNodeName); ok {
		return &c.sorted[i]
	}
	if i, ok := slices.BinarySearchFunc(c.late, name, byNodeName); ok {
		return &c.late[i]
	}
	return nil
}

// find returns the child of that name, or nil.
func (c *children) find(name string) *Node {
	if at := c.slot(name); at != nil && !(*at).isGone() {
		return *at
	}
	return nil
}

// add adds a child that is not there.
func (c *children) add(n *Node) {
	name := n.Name()
	if at := c.slot(name); at != nil {
		*at = n
		c.gone--
		return
	}
	if last := len(c.sorted) - 1; last < 0 || c.sorted[last].Name() < name {
		c.sorted = append(c.sorted, n)
		return
	}
	i, _ := slices.BinarySearchFunc(c.late, name, byNodeName)
	c.late = slices.Insert(c.late, i, n)
	if len(c.late) > max(lateChildren, len(c.sorted)/64) {
		c.merge()
	}
}

// remove removes the child of a name, if it is there.
func (c *children) remove(name string) {
	at := c.slot(name)
	if at == nil || (*at).isGone() {
		return
	}
	*at = goneNode(name)
	if c.gone++; c.gone > (len(c.sorted)+len(c.late))/2 {
		c.merge()
	}
}

// merge puts both lists together, without what is gone.
func (c *children) merge() {
	all := make([]*Node, 0, len(c.sorted)+len(c.late)-c.gone)
	late := c.late
	take := func(n *Node) {
		if !n.isGone() {
			all = append(all, n)
		}
	}
	for _, n := range c.sorted {
		for len(late) > 0 && late[0].Name() < n.Name() {
			take(late[0])
			late = late[1:]
		}
		take(n)
	}
	for _, n := range late {
		take(n)
	}
	c.sorted, c.late, c.gone = all, nil, 0
}

// all are the children, sorted by name.
func (c *children) all() []*Node {
	if len(c.late) > 0 || c.gone > 0 {
		c.merge()
	}
	return c.sorted
}
