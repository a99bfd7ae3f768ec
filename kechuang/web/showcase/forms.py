"""What editors fill in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kechuang.engine.showcase.models import Shelf
from kechuang.web.officer.builder.widgets import DateInput


class ShelfForm(forms.ModelForm):
    class Meta:
        model = Shelf
        fields = ("title", "title_en", "theme", "year", "words")
        widgets = {"words": forms.Textarea({"rows": 3})}
        help_texts = {
            "theme": _("例如：人工智能、海洋与湿地。同一主题的专题会排在一起。"),
            "words": _("两三句话，说明为什么值得看。"),
        }


class FrontForm(forms.Form):
    order = forms.IntegerField(
        label=_("首页次序"), min_value=1, max_value=99, help_text=_("1 排在最前；首页最多显示六个专题。")
    )
    until = forms.DateField(label=_("到哪一天"), required=False, widget=DateInput, help_text=_("不填就一直放着。"))
