import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.report.heatmaps import shade_of, shaded
from textmine.report.topic_charts import HEIGHT, WIDTH, bubbles


def topics_at(places, shares):
    n = len(shares)
    return pl.DataFrame(
        {
            "topic": list(range(n)),
            "label": [f"t{i}" for i in range(n)],
            "prevalence": shares,
            "x": [float(x) for x, _ in places],
            "y": [float(y) for _, y in places],
        },
        schema_overrides={"prevalence": pl.Float64},
    )


coordinates = st.tuples(st.floats(-1, 1), st.floats(-1, 1))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(coordinates, st.floats(0.0, 1.0)), min_size=1, max_size=60))
def test_every_circle_lies_inside_and_none_hides_another(drawn):
    made = bubbles(topics_at([place for place, _ in drawn], [share for _, share in drawn]))
    at = np.array([(circle.x, circle.y) for circle in made.circles])
    radius = np.array([circle.radius for circle in made.circles])
    assert (at - radius[:, None] >= -0.2).all()
    assert (at + radius[:, None] <= np.array([WIDTH, HEIGHT]) + 0.2).all()
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) + np.diag(np.full(len(at), 1e9))
    # A few pixels of overlap may stay where it is crowded: the number in the middle is always free.
    assert (apart > np.maximum(radius[:, None], radius[None])).all()
    assert radius.tolist() == sorted(radius, reverse=True)


def test_areas_are_shares_and_far_topics_keep_their_distances():
    made = bubbles(topics_at([(-0.9, 0.0), (0.9, 0.0), (0.0, 0.6)], [0.4, 0.1, 0.2]))
    found = {circle.topic: circle for circle in made.circles}
    assert abs((found[0].radius / found[1].radius) ** 2 - 4) < 0.1
    first = np.hypot(found[0].x - found[1].x, found[0].y - found[1].y)
    second = np.hypot(found[0].x - found[2].x, found[0].y - found[2].y)
    assert abs(first / second - 1.8 / np.hypot(0.9, 0.6)) < 0.01
    assert found[2].y < found[0].y, "up is up"


def test_no_topics_give_no_circles():
    assert bubbles(topics_at([], [])).circles == ()


def test_shades_rise_with_the_value_and_nothing_has_none():
    shades = [shade_of(value, 1.0) for value in np.linspace(0, 1, 101)]
    assert shades == sorted(shades) and shades[0] == 0 and shades[-1] == 6 and set(shades) == set(range(7))
    cells = shaded([[0.5, None], [1.0, 0.0]], [["50%", "–"], ["100%", "0%"]])
    assert [[(cell.text, cell.shade) for cell in row] for row in cells] == [
        [("50%", 3), ("–", 0)],
        [("100%", 6), ("0%", 0)],
    ]
