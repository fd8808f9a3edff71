"""All notebooks of a profile; of work that several share, the first one bears it."""

from cnnlab.plan import agm, zf
from cnnlab.plan.work import Amounts, Work
from cnnlab.profiles import Profile


def planned(profile: Profile) -> dict[str, list[Work]]:
    """The work of every notebook, without what an earlier one has done.

    >>> from cnnlab.profiles import MINI
    >>> [one.what for one in planned(MINI)["21_pretraining"]]
    ['scenes along the training', 'SVMs along the training']
    """
    a, done, table = Amounts(profile), [], {}
    every = zf.training(a) | zf.seeing(a) | zf.transfer(a)
    every |= agm.scenes(a) | agm.detection(a) | agm.units(a)
    for name in sorted(every):
        table[name] = []
        for one in every[name]:
            if one not in done:
                table[name].append(one)
                done.append(one)
    return table
