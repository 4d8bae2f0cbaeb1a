package node

// LinksRequest cuts a room's links, or lets them come again: for drills, and
// for a network that must not be used.
type LinksRequest struct {
	Online bool `json:"online"`
}

// LinksReply says how the links stand.
type LinksReply struct {
	Online bool `json:"online"`
}

func setLinks(r *request) (any, error) {
	var q LinksRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	m := room.Mesh()
	if m == nil {
		return nil, errNoLinks
	}
	m.SetOnline(q.Online)
	return LinksReply{Online: m.Online()}, nil
}
