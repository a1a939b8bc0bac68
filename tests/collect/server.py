"""A local server that answers as the platforms document, and fails as they and networks do.

Documented behaviour: developers.google.com/youtube/v3/docs, docs.x.com/x-api, developers.facebook.com/docs/graph-api
and /docs/instagram-platform. Nothing here was recorded from a platform.
"""

import json
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SECRETS = {
    "youtube": "AIzaSy-Not/A+Real=Key_0123456789",
    "x": "AAAAAAAAAAAAAAAAAAAAABearer%2Fof%3Dtests",
    "facebook": "EAAB|facebook/Token+0123",
    "page": "EAAB|page/Token=own+99",
    "instagram": "IGQV|instagram Token&77",
}


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Post:
    """A post in the world of a test; figures grow with the server's ``growth``."""

    id: str
    published: datetime
    text: str = "Vaksin gratis untuk warga"
    likes: int = 10
    shown: str = "yes"  # or private, deleted
    extra: dict = field(default_factory=dict)


def posts_every(hours, n, *, last, prefix="p"):
    """Posts, the newest first."""
    return [Post(f"{prefix}{n - k:05d}", last - timedelta(hours=hours * k)) for k in range(n)]


class Server:
    """Serves three hosts on one port; ``hosts`` gives the address of each platform."""

    def __init__(self, clock=None):
        self.clock = clock
        self.accounts = {"youtube": {}, "x": {}, "facebook": {}, "instagram": {}}
        self.state = {}  # (platform, account) -> suspended, private, denied
        self.requests = []
        self.keys_seen = set()
        self.before = []  # callables (number, platform, path) -> None or a fault (status, headers, body)
        self.growth = 0
        self.youtube_page = 50
        self.drop = None  # a function that changes an answer's content: schema drift
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        base = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.hosts = {name: f"{base}/{name}" for name in self.accounts}

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def now(self):
        return self.clock.now() if self.clock else datetime.now(UTC)

    def of(self, platform, *kinds):
        """Requests of a platform whose path has one of the words."""
        return [path for name, path in self.requests if name == platform and any(kind in path for kind in kinds)]

    # One request

    def answer(self, handler):
        _, platform, rest = handler.path.split("/", 2)
        path = f"/{rest}"
        self.requests.append((platform, path))
        number = len(self.requests)
        key = handler.headers.get("X-Goog-Api-Key") or handler.headers.get("Authorization", "").removeprefix("Bearer ")
        self.keys_seen.add(key)
        for hook in list(self.before):
            fault = hook(number, platform, path)
            if fault is not None:
                return self.write(handler, *fault)
        if not key:
            return self.write(handler, 401, {}, {"error": {"code": 401, "message": "no key"}})
        split = urlsplit(path)
        query = {name: values[-1] for name, values in parse_qs(split.query).items()}
        status, headers, content = getattr(self, f"_{platform}")(split.path, query, key)
        if self.drop is not None and status == 200:
            content = self.drop(platform, path, content)
        return self.write(handler, status, headers, content)

    def write(self, handler, status, headers, content):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        if status == "cut":  # a whole length is promised and half of the body comes
            body = body or b'{"items": [' + b" " * 2000
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body) * 2))
            handler.end_headers()
            handler.wfile.write(body)
            handler.wfile.flush()
            handler.close_connection = True
            return
        if status == "half":  # no length is promised: only the JSON shows that it is not whole
            handler.send_response(200)
            handler.end_headers()
            handler.wfile.write(b'{"kind": "youtube#playlistItemListResponse", "items": [{"id": "a"')
            handler.close_connection = True
            return
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    # YouTube

    def _youtube(self, path, query, key):
        if key != SECRETS["youtube"]:
            return google_error(400, "badRequest", f"API key not valid: {key}")
        if path.endswith("/channels"):
            return self._channels(query)
        if path.endswith("/playlistItems"):
            return self._playlist(query)
        if path.endswith("/videos"):
            return self._videos(query)
        return google_error(404, "notFound", "no such method")

    def _channels(self, query):
        name = query["forHandle"].removeprefix("@") if "forHandle" in query else query["id"]
        page = {
            "kind": "youtube#channelListResponse",
            "etag": "e",
            "pageInfo": {"totalResults": 0, "resultsPerPage": 1},
        }
        if name not in self.accounts["youtube"]:
            return 200, {}, page  # no items at all, as the API does
        videos = self.accounts["youtube"][name]
        channel = {
            "kind": "youtube#channel",
            "id": f"UC-{name}",
            "snippet": {"title": f"Kanal {name}", "customUrl": f"@{name}"},
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": f"UU-{name}"}},
            "statistics": {"subscriberCount": "12300", "hiddenSubscriberCount": False, "videoCount": str(len(videos))},
        }
        return 200, {}, page | {"pageInfo": {"totalResults": 1, "resultsPerPage": 1}, "items": [channel]}

    def _playlist(self, query):
        name = query["playlistId"].removeprefix("UU-")
        if self.state.get(("youtube", name)) == "suspended":
            return google_error(404, "playlistNotFound", "The playlist cannot be found.")
        videos = self.accounts["youtube"][name]
        offset = 0
        if "pageToken" in query:
            if not query["pageToken"].startswith("T"):
                return google_error(400, "invalidPageToken", "The request specifies an invalid page token.")
            offset = int(query["pageToken"][1:])
        page = videos[offset : offset + self.youtube_page]
        content = {
            "kind": "youtube#playlistItemListResponse",
            "etag": "e",
            "items": [playlist_item(video, name) for video in page],
            "pageInfo": {"totalResults": len(videos), "resultsPerPage": self.youtube_page},
        }
        if offset + self.youtube_page < len(videos):
            content["nextPageToken"] = f"T{offset + self.youtube_page}"
        return 200, {}, content

    def _videos(self, query):
        wanted = query["id"].split(",")
        assert len(wanted) <= 50
        known = {v.id: (v, name) for name, videos in self.accounts["youtube"].items() for v in videos}
        items = [
            self._video(*known[identity])
            for identity in wanted
            if identity in known and known[identity][0].shown == "yes"
        ]
        return 200, {}, {"kind": "youtube#videoListResponse", "etag": "e", "items": items}

    def _video(self, video, name):
        statistics = {
            "viewCount": str(100 * video.likes + 50 * self.growth),
            "likeCount": str(video.likes + self.growth),
            "favoriteCount": "0",
            "commentCount": "3",
        }
        return {
            "kind": "youtube#video",
            "etag": "e",
            "id": video.id,
            "snippet": {
                "publishedAt": iso(video.published),
                "channelId": f"UC-{name}",
                "title": video.text,
                "description": "Info #Sehat",
                "channelTitle": f"Kanal {name}",
                "tags": ["kesehatan"],
                "liveBroadcastContent": "none",
            },
            "contentDetails": {"duration": "PT3M4S"},
            "status": {"privacyStatus": "public"},
            "statistics": statistics,
            **video.extra,
        }

    # X

    def _x(self, path, query, key):
        if key != SECRETS["x"]:
            return (
                401,
                {},
                {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": f"bad token {key}"},
            )
        if found := re.fullmatch(r"/2/users/by/username/(\w+)", path):
            return self._x_user(found[1])
        if found := re.fullmatch(r"/2/users/(\d+)/tweets", path):
            return self._x_tweets(found[1], query)
        return self._x_lookup(query)

    def _x_names(self):
        return {str(1000 + n): name for n, name in enumerate(sorted(self.accounts["x"]))}

    def _x_user(self, name):
        numbers = {handle: number for number, handle in self._x_names().items()}
        if self.state.get(("x", name)) == "suspended":
            return (
                200,
                {},
                x_error("resource-not-found", name, f"User has been suspended: [{name}].", title="Forbidden"),
            )
        if name not in numbers:
            return 200, {}, x_error("resource-not-found", name, f"Could not find user with username: [{name}].")
        return 200, {}, {"data": self._x_author(numbers[name])}

    def _x_author(self, number):
        name = self._x_names()[number]
        metrics = {"followers_count": 5000, "following_count": 3, "tweet_count": len(self.accounts["x"][name])}
        return {"id": number, "name": name.title(), "username": name.title(), "public_metrics": metrics}

    def _x_tweets(self, number, query):
        name = self._x_names()[number]
        if self.state.get(("x", name)) == "private":
            detail = f"Sorry, you are not authorized to see the user with id: [{number}]."
            return 200, {}, x_error("not-authorized-for-resource", number, detail, title="Authorization Error")
        start, end = query["start_time"], query["end_time"]
        assert end <= iso(self.now() - timedelta(seconds=10)), "end_time must be 10 seconds before the request"
        tweets = [t for t in self.accounts["x"][name][:3200] if start <= iso(t.published) < end and t.shown == "yes"]
        if "pagination_token" in query:
            last = query["pagination_token"].removeprefix("after-")
            ids = [t.id for t in tweets]
            if last not in ids:
                error = {"parameters": {"pagination_token": [query["pagination_token"]]}, "message": "not valid"}
                content = {
                    "errors": [error],
                    "title": "Invalid Request",
                    "detail": "One or more parameters",
                    "type": "x",
                }
                return 400, {}, content
            tweets = tweets[ids.index(last) + 1 :]
        size = int(query["max_results"])
        page, more = tweets[:size], len(tweets) > size
        if not page:
            return 200, {}, {"meta": {"result_count": 0}}
        meta = {"result_count": len(page), "newest_id": page[0].id, "oldest_id": page[-1].id}
        if more:
            meta["next_token"] = f"after-{page[-1].id}"
        return (
            200,
            {},
            {"data": [self._tweet(t, number) for t in page], "includes": self._x_includes([number]), "meta": meta},
        )

    def _x_includes(self, numbers):
        media = [{"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/1.jpg"}]
        return {"users": [self._x_author(number) for number in numbers], "media": media}

    def _tweet(self, tweet, number):
        metrics = {
            "retweet_count": 2,
            "reply_count": 1,
            "like_count": tweet.likes + self.growth,
            "quote_count": 0,
            "bookmark_count": 4,
            "impression_count": 100 * tweet.likes + 50 * self.growth,
        }
        return {
            "id": tweet.id,
            "text": tweet.text,
            "author_id": number,
            "created_at": tweet.published.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "edit_history_tweet_ids": [tweet.id],
            "public_metrics": metrics,
            "lang": "in",
            "attachments": {"media_keys": ["3_1"]},
            **tweet.extra,
        }

    def _x_lookup(self, query):
        wanted = query["ids"].split(",")
        assert len(wanted) <= 100
        numbers = {name: number for number, name in self._x_names().items()}
        known = {t.id: (t, name) for name, tweets in self.accounts["x"].items() for t in tweets}
        data, errors = [], []
        for identity in wanted:
            tweet, name = known.get(identity, (None, ""))
            if tweet is not None and tweet.shown == "yes":
                data.append(self._tweet(tweet, numbers[name]))
            else:
                kind = "not-authorized-for-resource" if tweet and tweet.shown == "private" else "resource-not-found"
                errors += x_error(kind, identity, f"Could not find tweet with ids: [{identity}].")["errors"]
        content = {"data": data, "includes": self._x_includes(numbers.values())} if data else {}
        return 200, {}, content | ({"errors": errors} if errors else {})

    # The Graph API

    def _facebook(self, path, query, key):
        if key not in (SECRETS["facebook"], SECRETS["page"]):
            return graph_error(190, f"Malformed access token {key}", subcode=467)
        path = re.sub(r"^/v\d+\.\d+", "", path)
        if "ids" in query:
            return self._fb_several(query["ids"].split(","))
        if path.endswith("/published_posts"):
            return self._fb_posts(path.split("/")[1], query, key)
        node = path.strip("/")
        return self._fb_single(node) if "_" in node and node.split("_")[0].isdecimal() else self._fb_page(node)

    def _fb_numbers(self):
        return {name: str(7000 + n) for n, name in enumerate(sorted(self.accounts["facebook"]))}

    def _fb_page(self, name):
        if name not in self.accounts["facebook"]:
            return graph_error(803, f"(#803) Some of the aliases you requested do not exist: {name}", status=404)
        number = self._fb_numbers()[name]
        return 200, {}, {"id": number, "name": name.title(), "username": name, "followers_count": 900, "fan_count": 800}

    def _fb_post(self, post, name):
        number = self._fb_numbers()[name]
        content = {
            "id": f"{number}_{post.id}",
            "message": post.text,
            "created_time": post.published.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "permalink_url": f"https://www.facebook.com/{number}/posts/{post.id}",
            "status_type": "added_photos",
            "from": {"name": name.title(), "id": number},
            "attachments": {"data": [{"media_type": "photo", "type": "photo", "url": "https://www.facebook.com/p"}]},
            "reactions": {"data": [], "summary": {"total_count": post.likes + self.growth}},
            "comments": {"data": [], "summary": {"order": "ranked", "total_count": 2}},
            **post.extra,
        }
        return content | ({"shares": {"count": 6}} if post.likes % 2 == 0 else {})

    def _fb_posts(self, number, query, key):
        name = next(name for name, own in self._fb_numbers().items() if own == number)
        if self.state.get(("facebook", name)) == "denied":
            return graph_error(10, "(#10) This endpoint requires the 'pages_read_engagement' permission", status=403)
        since, until = int(query["since"]), int(query["until"])
        posts = [
            p for p in self.accounts["facebook"][name] if since <= p.published.timestamp() <= until and p.shown == "yes"
        ]
        if "after" in query:
            ids = [p.id for p in posts]
            if query["after"] not in ids:
                return graph_error(100, "(#100) Invalid cursors values")
            posts = posts[ids.index(query["after"]) + 1 :]
        size = int(query["limit"])
        page = posts[:size]
        content = {"data": [self._fb_post(p, name) for p in page]}
        if page:
            content["paging"] = {"cursors": {"before": page[0].id, "after": page[-1].id}}
            if len(posts) > size:  # the platform writes the token into the next page's address
                content["paging"]["next"] = (
                    f"https://graph.facebook.com/v25.0/{number}/published_posts?access_token={key}&after=x"
                )
        return 200, {"X-App-Usage": '{"call_count":1,"total_cputime":0,"total_time":0}'}, content

    def _fb_known(self):
        numbers = self._fb_numbers()
        return {f"{numbers[n]}_{p.id}": (p, n) for n, posts in self.accounts["facebook"].items() for p in posts}

    def _fb_several(self, ids):
        known = self._fb_known()
        gone = [identity for identity in ids if identity not in known or known[identity][0].shown != "yes"]
        if gone:  # one that is gone spoils the whole answer
            message = f"(#803) Some of the aliases you requested do not exist: {','.join(gone)}"
            return graph_error(803, message, status=404)
        return 200, {}, {identity: self._fb_post(*known[identity]) for identity in ids}

    def _fb_single(self, identity):
        known = self._fb_known()
        if identity not in known or known[identity][0].shown != "yes":
            message = f"Unsupported get request. Object with ID '{identity}' does not exist, cannot be loaded"
            return graph_error(100, message, subcode=33)
        return 200, {}, self._fb_post(*known[identity])

    def _instagram(self, path, query, key):
        if key != SECRETS["instagram"]:
            return graph_error(190, "Error validating access token: Session has expired", subcode=463)
        found = re.search(r"business_discovery\.username\(([\w.]+)\)", query["fields"])
        name = found[1]
        if name not in self.accounts["instagram"] or self.state.get(("instagram", name)) == "private":
            return graph_error(110, "Invalid user id", subcode=2207013)
        posts = [p for p in self.accounts["instagram"][name] if p.shown == "yes"]
        owner = {"id": f"1784{len(name)}", "username": name, "name": name.title(), "followers_count": 4000}
        owner["media_count"] = len(posts)
        if "media" in query["fields"].replace("media_count", "").replace("media_", ""):
            place = re.search(r"media(?:\.after\((\w+)\))?\.limit\((\d+)\)", query["fields"])
            if place[1]:
                ids = [p.id for p in posts]
                if place[1] not in ids:
                    return graph_error(100, "(#100) Invalid cursors values")
                posts = posts[ids.index(place[1]) + 1 :]
            size = int(place[2])
            edge = {"data": [self._media(p) for p in posts[:size]]}
            if len(posts) > size:
                edge["paging"] = {"cursors": {"after": posts[size - 1].id}}
            owner["media"] = edge
        return 200, {}, {"business_discovery": owner, "id": "17841400000000000"}

    def _media(self, post):
        code = f"C{int(re.sub(r'[^0-9]', '', post.id)):010d}"
        return {
            "id": post.id,
            "caption": post.text,
            "media_type": "IMAGE",
            "media_product_type": "FEED",
            "permalink": f"https://www.instagram.com/p/{code}/",
            "timestamp": post.published.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "like_count": post.likes + self.growth,
            "comments_count": 5,
            **post.extra,
        }


def playlist_item(video, name):
    shown = video.shown == "yes"
    title = {"yes": video.text, "private": "Private video", "deleted": "Deleted video"}[video.shown]
    details = {"videoId": video.id} | ({"videoPublishedAt": iso(video.published)} if shown else {})
    return {
        "kind": "youtube#playlistItem",
        "id": f"UU{video.id}",
        "snippet": {
            "publishedAt": iso(video.published),
            "channelId": f"UC-{name}",
            "title": title,
            "channelTitle": f"Kanal {name}",
            "resourceId": {"kind": "youtube#video", "videoId": video.id},
        },
        "contentDetails": details,
        "status": {"privacyStatus": "public" if shown else "private"},
    }


def google_error(status, reason, message):
    error = {"message": message, "domain": "youtube.quota" if "uota" in reason else "global", "reason": reason}
    return status, {}, {"error": {"code": status, "message": message, "errors": [error]}}


def x_error(kind, value, detail, *, title="Not Found Error"):
    problem = {
        "value": value,
        "detail": detail,
        "title": title,
        "resource_id": value,
        "parameter": "id",
        "type": f"https://api.twitter.com/2/problems/{kind}",
    }
    return {"errors": [problem]}


def graph_error(code, message, *, subcode=None, status=400, headers=None, transient=False):
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbC"}
    if subcode is not None:
        error["error_subcode"] = subcode
    if transient:
        error["is_transient"] = True
    return status, headers or {}, {"error": error}
